"""The same tasks through Dask or Ray: `peer.py <dask|ray> <quick.wasm> <slow.wasm> <quick> <slow> <rounds>`.

The modules are the instrumented ones, in an instance of wasmtime that each worker keeps, and nothing is put back. Prints one line of
JSON: the quickest rounds in seconds.
"""
import json
import sys
import time

INPUT_BYTES = 1024
# Tasks under way at a time, for each worker.
WINDOW = 128
ENOUGH = 1 << 60
DEPTH = 1 << 30

library, files = sys.argv[1], dict(zip(("quick", "slow"), sys.argv[2:4]))
QUICK, SLOW, ROUNDS = map(int, sys.argv[4:7])
MODULES = {}
for work, path in files.items():
    with open(path, "rb") as file:
        MODULES[work] = file.read()

KERNELS = {}


def run(work, wasm, data):
    if work not in KERNELS:
        import wasmtime

        store = wasmtime.Store()
        module = wasmtime.Module(store.engine, wasm)
        exports = wasmtime.Instance(store, module, []).exports(store)
        exports["assay_fuel"].set_value(store, ENOUGH)
        exports["assay_depth"].set_value(store, DEPTH)
        KERNELS[work] = (store, exports["memory"], exports["alloc"], exports["run"])
    store, memory, alloc, call = KERNELS[work]
    address = alloc(store, len(data))
    memory.write(store, data, address)
    packed = call(store, len(data) and address, len(data))
    start, length = packed >> 32, packed & 0xFFFFFFFF
    return bytes(memory.read(store, start, start + length))


def inputs(first, count):
    for i in range(first, first + count):
        yield i.to_bytes(4, "big") + bytes(INPUT_BYTES - 4)


def dask_site(places):
    from dask.distributed import Client, LocalCluster, as_completed

    cluster = LocalCluster(n_workers=places, threads_per_worker=1, processes=True, dashboard_address=None)
    client = Client(cluster)
    wasm = {work: client.scatter(module, broadcast=True) for work, module in MODULES.items()}

    def seconds(work, given):
        def submit(data):
            return client.submit(run, work, wasm[work], data, pure=False)

        started = time.perf_counter()
        ended = as_completed([submit(data) for _, data in zip(range(WINDOW * places), given)], with_results=True)
        for _, result in ended:
            assert len(result) == 8
            for data in given:
                ended.add(submit(data))
                break
        return time.perf_counter() - started

    def close():
        client.close()
        cluster.close()

    return seconds, close


def ray_site(places):
    import ray

    ray.init(num_cpus=places, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    remote = ray.remote(num_cpus=1)(run)
    wasm = {work: ray.put(module) for work, module in MODULES.items()}

    def seconds(work, given):
        started = time.perf_counter()
        under_way = [remote.remote(work, wasm[work], data) for _, data in zip(range(WINDOW * places), given)]
        while under_way:
            ended, under_way = ray.wait(under_way, num_returns=min(len(under_way), WINDOW // 2))
            for result in ray.get(ended):
                assert len(result) == 8
            under_way += [remote.remote(work, wasm[work], data) for _, data in zip(ended, given)]
        return time.perf_counter() - started

    return seconds, ray.shutdown


def measure(places):
    seconds, close = {"dask": dask_site, "ray": ray_site}[library](places)
    first = 0

    def timed(work, count):
        nonlocal first
        taken = seconds(work, inputs(first, count))
        first += count
        return taken

    timed("quick", min(QUICK, 200))
    timed("slow", 20)
    found = {
        "quick": min(timed("quick", QUICK) for _ in range(ROUNDS)) if places == 2 else None,
        "slow": min(timed("slow", SLOW) for _ in range(ROUNDS)),
    }
    close()
    return found


if __name__ == "__main__":
    one, two = measure(1), measure(2)
    print(json.dumps({"quick": two["quick"], "slowOne": one["slow"], "slowTwo": two["slow"]}))
