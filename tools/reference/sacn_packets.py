"""E1.31 packets by an independent implementation, and an independent receiver for what we send.

    python tools/reference/sacn_packets.py goldens > src/test/resources/org/pixelcube/stage/sacn-packets.json
    python tools/reference/sacn_packets.py listen UNIVERSE SECONDS

Needs the package sacn (MIT). "listen" takes packets on 127.0.0.1, port 5568, and prints what the library makes of
them: run it beside `pixelcube stage send --to 127.0.0.1`.
"""

import json
import sys
import time
import uuid

CID = uuid.UUID("00112233-4455-6677-8899-aabbccddeeff")


def goldens():
    from sacn.messages.data_packet import DataPacket
    from sacn.messages.sync_packet import SyncPacket
    from sacn.messages.universe_discovery import UniverseDiscoveryPacket

    cid = tuple(CID.bytes)
    data = []
    for source, priority, sync, sequence, ended, universe, slots in [
        ("Pixel Cube", 100, 0, 0, False, 1, [1, 2, 3]),
        ("Würfel", 200, 7000, 255, False, 63999, [(7 * i + 3) % 256 for i in range(510)]),
        ("x" * 63, 0, 63999, 128, True, 256, [255] * 512),
    ]:
        packet = DataPacket(
            cid=cid, sourceName=source, universe=universe, dmxData=tuple(slots), priority=priority,
            sequence=sequence, streamTerminated=ended, sync_universe=sync)
        data.append(dict(source=source, priority=priority, synchronization=sync, sequence=sequence, ended=ended,
                         universe=universe, slots=slots, packet=bytes(packet.getBytes()).hex()))
    sync = [
        dict(universe=u, sequence=s, packet=bytes(SyncPacket(cid=cid, syncAddr=u, sequence=s).getBytes()).hex())
        for u, s in [(1, 0), (63999, 255)]
    ]
    discovery = []
    for universes, page, last in [([1], 0, 0), (list(range(41, 553)), 1, 3)]:
        packet = UniverseDiscoveryPacket(cid=cid, sourceName="Würfel", universes=tuple(universes), page=page, lastPage=last)
        discovery.append(dict(source="Würfel", page=page, lastPage=last, universes=universes,
                              packet=bytes(packet.getBytes()).hex()))
    print('{\n "cid": "%s",' % CID)
    kinds = dict(data=data, synchronization=sync, discovery=discovery)
    for kind, packets in kinds.items():
        lines = ",\n".join("  " + json.dumps(p, ensure_ascii=False) for p in packets)
        print(' "%s": [\n%s\n ]%s' % (kind, lines, "" if kind == "discovery" else ","))
    print("}")


def listen(universe, seconds):
    import sacn

    seen = []
    receiver = sacn.sACNreceiver(bind_address="127.0.0.1")

    @receiver.listen_on("universe", universe=universe)
    def packet(p):
        seen.append(p)

    @receiver.listen_on("availability")
    def available(universe, changed):
        print(f"universe {universe}: {changed}")

    receiver.start()
    time.sleep(seconds)
    receiver.stop()
    if not seen:
        sys.exit("no packet came")
    lost = sum((b.sequence - a.sequence) % 256 != 1 for a, b in zip(seen, seen[1:]))
    brightest = max(seen, key=lambda p: sum(p.dmxData))
    print(f"{len(seen)} packets of '{seen[0].sourceName}', priority {seen[0].priority}, {lost} gaps in the numbers")
    print(f"brightest: {list(brightest.dmxData[:12])} ... last: {list(seen[-1].dmxData[:12])} ...")


if __name__ == "__main__":
    if sys.argv[1:2] == ["goldens"]:
        goldens()
    elif sys.argv[1:2] == ["listen"] and len(sys.argv) == 4:
        listen(int(sys.argv[2]), float(sys.argv[3]))
    else:
        sys.exit(__doc__)
