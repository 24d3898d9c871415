"""A chart: observation frame in, chart out."""

from matplotlib.figure import Figure

from sme_stats.plotting.chart import Chart


def columns(frame, ax=None, lang="en", **options):
    """One column a place, as high as its value."""
    ax = ax or Figure(layout="constrained").add_subplot()
    ax.bar(frame["geo"].astype(str), frame["value"])
    alt = f"Columns of {len(frame)} values, highest {frame['value'].max():.1f}."
    return Chart(
        ax, "Columns by place", str(frame["unit"].iloc[0]), "Source: Eurostat", alt, frame, lang
    )
