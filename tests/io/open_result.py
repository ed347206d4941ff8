"""Opens what write_result wrote with the readers that users have. Exit 77 where one of them is absent."""
import pathlib
import shutil
import subprocess
import sys
import tempfile

try:
    import h5netcdf, h5py, netCDF4, numpy as np, xarray as xr  # noqa: F401, E401
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)
if shutil.which("ncdump") is None:
    print("skipped: ncdump is not installed (netcdf-bin)")
    sys.exit(77)

ROWS, COLUMNS = 50, 7


def pattern(n):
    return (np.arange(n, dtype=np.int64) * 2654435761 + 12345) % 100003


def check_xarray(path, engine):
    with xr.open_dataset(path, group="results", engine=engine) as ds:
        assert ds["value"].dims == ("lat", "column"), ds["value"].dims
        assert np.array_equal(ds["value"].values.ravel(), pattern(ROWS * COLUMNS))
        assert ds["packed"].dtype == np.float32
        assert np.array_equal(ds["packed"].values.ravel(), pattern(ROWS * COLUMNS).astype(np.float32))
        assert ds["lat"].attrs["units"] == "degrees_north" and ds["lat"].values[1] == -12.0
        assert list(ds["column"].values) == list(range(COLUMNS))
        assert list(np.atleast_1d(ds["action"].attrs["flag_values"])) == [0, 1]
        assert ds["action"].attrs["flag_meanings"] == "stay go"
        assert ds["reachable"].dtype == np.uint8
        names = ds["taken"].coords["compass_name"]
        assert names.dims == ("compass",), names.dims
        texts = [n.decode() if isinstance(n, bytes) else str(n) for n in names.values]
        assert texts == ["east", "north-east", "süd"], texts
        assert float(ds["mean_value"]) == 2.5 and ds["mean_value"].attrs["units"] == "h"
        assert int(ds["sweeps"]) == 3
        assert ds.attrs["status"] == "converged" and ds.attrs["tolerance"] == 1e-6
        for name, variable in ds.variables.items():
            assert "long_name" in variable.attrs and "units" in variable.attrs, name
    with xr.open_dataset(path, group="trace", engine=engine) as ds:
        assert ds["residual"].dims == ("sweep",)
        assert list(ds["sweep"].values) == [1, 2, 3] and list(ds["residual"].values) == [4, 2, 1]
        assert ds["seconds"].dtype == np.float64 and ds["seconds"].attrs["units"] == "s"
    with xr.open_dataset(path, engine=engine) as ds:
        assert ds.attrs["Conventions"] == "CF-1.8" and ds.attrs["job"] == "demo"
        assert ds.attrs["schema"] == "bellshard.demo" and int(ds.attrs["schema_version"]) == 3
        assert ds.attrs["source"].startswith("bellshard ") and ds.attrs["created"].endswith("Z")


def check_scales(path):
    """Every axis of every dataset has exactly one scale."""
    def visit(name, item):
        if not isinstance(item, h5py.Dataset) or item.attrs.get("CLASS") == b"DIMENSION_SCALE":
            return
        for d, dim in enumerate(item.dims):
            assert len(dim) == 1, f"{name} axis {d} has {len(dim)} scales"
            assert dim[0].shape == (item.shape[d],), name
    with h5py.File(path) as f:
        f.visititems(visit)


def check_record(path):
    with h5py.File(path) as f:
        written, provenance = f["input"].attrs, f["provenance"].attrs
        assert written["job_file"].decode() == "x" * 100000
        assert written["file_1"].decode() == "land.nc" and written["file_1_sha256"].decode() == "a" * 64
        assert provenance["host"].decode() == "node0"  # rank 0's word counts
        assert provenance["compiler"].decode() == "GNU 12" and "hdf5" in provenance


def check_ncdump(path):
    done = subprocess.run(["ncdump", "-h", path], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    subprocess.run([*sys.argv[1:], name], check=True)
    result, checkpoint = folder / "result.h5", folder / "result.checkpoint-000001.h5"
    for engine in ("h5netcdf", "netcdf4"):
        check_xarray(result, engine)
        with xr.open_dataset(folder / "no_sweeps.h5", group="trace", engine=engine) as ds:
            assert ds["residual"].shape == (0,)
        with xr.open_dataset(checkpoint, group="state", engine=engine) as ds:
            assert np.array_equal(ds["value"].values.ravel(), pattern(ROWS * COLUMNS))
            assert ds["square"].shape == (4, 4)
    for path in (result, checkpoint):
        check_scales(path)
        check_record(path)
    text = check_ncdump(result)
    for words in ("group: results", "double value(lat, column)", "group: trace", "int64 sweep(sweep)"):
        assert words in text, text
    check_ncdump(checkpoint)
    check_ncdump(folder / "no_sweeps.h5")
print("all readers open the files")
