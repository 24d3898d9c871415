"""A small Eurostat on loopback: answers as the real one does, faults on demand."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

TSV = (
    b"freq,indic_sbs,nace_r2,size_emp,geo\\TIME_PERIOD\t2022 \t2023 \r\n"
    b"A,EMP_NR,C,GE250,DE\t100.5 \t101.5 p\r\n"
    b"A,EMP_NR,C,GE250,PT\t: @C\t: c\r\n"
    b"A,ENT_NR,C,GE250,DE\t10 \t11 bd\r\n"
    b"A,ENT_NR,C,GE250,FR\t: \t7 e\r\n"
    b"A,ENT_NR,C,TOTAL,DE\t1000 \t1100 \r\n"
)
STAMP = "2026-03-10T11:00:00+0100"
M = 'xmlns:m="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message"'
S = 'xmlns:s="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/structure"'
C = 'xmlns:c="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common"'
NOT_FOUND = (
    b'{"error":[{"status":404,"id":100,"label":"ERR_NOT_FOUND_4: XYZ is not available for '
    b'dissemination."}]}'
)


def queued(uuid: str = "11111111-2222-3333-4444-555555555555", status: str = "SUBMITTED") -> bytes:
    return (
        '<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Body>'
        '<ns0:syncResponse xmlns:ns0="http://estat.ec.europa.eu/disschain/soap/extraction">'
        f"<processingTime>111</processingTime><queued><id>{uuid}</id><status>{status}</status>"
        "</queued></ns0:syncResponse></env:Body></env:Envelope>"
    ).encode()


def state(status: str, uuid: str = "11111111-2222-3333-4444-555555555555") -> bytes:
    return (
        '<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Body>'
        '<ns0:asyncResponse xmlns:ns0="http://estat.ec.europa.eu/disschain/soap/asynchronous" '
        'xmlns:ns1="http://estat.ec.europa.eu/disschain/asynchronous"><ns1:status>'
        f"<ns1:key>{uuid}</ns1:key><ns1:status>{status}</ns1:status></ns1:status>"
        "</ns0:asyncResponse></env:Body></env:Envelope>"
    ).encode()


TOO_BIG = (
    b'<S:Fault xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><faultcode>413</faultcode>'
    b"<faultstring>EXTRACTION_TOO_BIG: The requested extraction is too big, estimated 17348292 "
    b"rows, max authorised is 5000000</faultstring></S:Fault>"
)


@dataclass
class Table:
    """One table of the fake."""

    tsv: bytes = TSV
    updated: str = STAMP
    count: int | None = None
    codelists: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def dims(self) -> list[str]:
        return self.tsv.split(b"\\")[0].decode().split(",")

    @property
    def periods(self) -> list[str]:
        return self.tsv.split(b"\n")[0].decode().split("\t")[1:]

    def rows(self) -> list[list[str]]:
        lines = self.tsv.replace(b"\r\n", b"\n").decode().split("\n")[1:-1]
        return [line.split("\t")[0].split(",") for line in lines]

    def used(self) -> dict[str, list[str]]:
        return {d: sorted({row[i] for row in self.rows()}) for i, d in enumerate(self.dims)}

    def filtered(self, key: str) -> bytes:
        wanted = [set(part.split("+")) - {""} for part in key.split(".")]
        lines = self.tsv.split(b"\n")
        kept = [
            line
            for line, row in zip(lines[1:-1], self.rows(), strict=True)
            if all(not w or code in w for w, code in zip(wanted, row, strict=True))
        ]
        return b"\n".join([lines[0], *kept, b""]) if kept else b""


@dataclass
class Fake:
    """The server: tables, the requests it saw, and faults to play first."""

    url: str = ""
    tables: dict[str, Table] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    faults: list[tuple[str, Callable]] = field(default_factory=list)

    def fail(self, where: str, how: Callable, times: int = 1) -> None:
        """Answer the next requests whose path contains `where` with a fault."""
        self.faults += [(where, how)] * times

    def count(self, where: str) -> int:
        return sum(where in path for path in self.seen)


def body(content: bytes, status: int = 200, **headers: str) -> Callable:
    """Give a fault that answers with this body."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        send(handler, content, status, **headers)

    return answer


def send(handler, content: bytes, status: int = 200, **headers: str) -> None:
    named = {"Content-Length": str(len(content)), "Content-Type": "text/plain"}
    named |= {k.replace("_", "-"): v for k, v in headers.items()}
    handler.send_response(status)
    for name, value in named.items():
        if value:
            handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(content)
    handler.close_connection = True


def handler_of(fake: Fake) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fake.seen.append(self.path)
            for i, (where, how) in enumerate(fake.faults):
                if where in self.path:
                    del fake.faults[i]
                    how(self)
                    return
            parts = urlsplit(self.path)
            try:
                content, status = _answer(fake, parts.path, dict(parse_qsl(parts.query)))
            except KeyError:
                content, status = NOT_FOUND, 404
            send(self, content, status)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _answer(fake: Fake, path: str, query: dict[str, str]) -> tuple[bytes, int]:
    steps = path.strip("/").split("/")
    if "inventory" in path:
        lines = ["Code\tType\tLast data change\tLast structural change"]
        lines += [f"{c.upper()}\tDATASET\t{t.updated}\tx" for c, t in fake.tables.items()]
        return "\n".join(lines).encode(), 200
    kind, code = steps[2], steps[min(3 if steps[2] == "data" else 4, len(steps) - 1)].lower()
    if kind == "dataflow" and steps[3] == "all":
        items = [_flow(c, t) for c, t in fake.tables.items()]
        return gzip.compress(json.dumps({"link": {"item": items}}).encode()), 200
    if kind == "codelist":
        labels = next(t.codelists[code] for t in fake.tables.values() if code in t.codelists)
        text = "".join(f"{k}\t{v} [{query.get('lang')}]\n" for k, v in labels.items())
        return gzip.compress(text.encode()), 200
    table = fake.tables[code]
    if kind == "data":
        text = table.filtered(steps[4]) if len(steps) > 4 else table.tsv
        if not text:
            return b'{"error":[{"status":404,"id":100,"label":"NO_RESULTS: no cell"}]}', 404
        return gzip.compress(text, 1), 200
    if kind == "dataflow" and query.get("format") == "JSON":
        return json.dumps(_flow(code, table)).encode(), 200
    return _xml(kind, code, table).encode(), 200


def _flow(code: str, table: Table) -> dict:
    notes = [{"type": "UPDATE_DATA", "date": table.updated}] if table.updated else []
    notes += [
        {"type": "UPDATE_STRUCTURE", "date": table.updated},
        {"type": "OBS_PERIOD_OVERALL_OLDEST", "title": "2022"},
        {"type": "OBS_PERIOD_OVERALL_LATEST", "title": "2023"},
    ]
    if table.count is not None:
        notes.append({"type": "OBS_COUNT", "title": str(table.count)})
    extension = {"id": code.upper(), "annotation": notes}
    return {"label": f"Title of {code}", "class": "dataset", "extension": extension}


def _xml(kind: str, code: str, table: Table) -> str:
    head = f"<m:Structure {M} {S} {C}><m:Structures>"
    if kind == "dataflow":
        inner = (
            f'<s:Dataflows><s:Dataflow id="{code}"><s:Structure><Ref id="{code}"/></s:Structure>'
            "</s:Dataflow></s:Dataflows>"
        )
    elif kind == "datastructure":
        # Written out of order: the position decides.
        dims = [
            f'<s:Dimension id="{name}" position="{i + 1}"><s:LocalRepresentation><s:Enumeration>'
            f'<Ref id="{name}"/></s:Enumeration></s:LocalRepresentation></s:Dimension>'
            for i, name in enumerate(table.dims)
        ]
        inner = (
            "<s:DataStructures><s:DataStructure><s:DataStructureComponents><s:DimensionList>"
            + "".join(reversed(dims))
            + "</s:DimensionList></s:DataStructureComponents></s:DataStructure></s:DataStructures>"
        )
    else:
        values = {**table.used(), "TIME_PERIOD": [p.strip() for p in table.periods]}
        keys = "".join(
            f'<c:KeyValue id="{n}">'
            + "".join(f"<c:Value>{v}</c:Value>" for v in vs)
            + "</c:KeyValue>"
            for n, vs in values.items()
        )
        inner = (
            f"<s:Constraints><s:ContentConstraint><s:CubeRegion>{keys}</s:CubeRegion>"
            "</s:ContentConstraint></s:Constraints>"
        )
    return f"{head}{inner}</m:Structures></m:Structure>"


def serve(fake: Fake) -> ThreadingHTTPServer:
    """Start the server in a thread; the caller shuts it down."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(fake))
    server.daemon_threads = True
    fake.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server
