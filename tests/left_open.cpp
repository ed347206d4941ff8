// Linked into test programs: at MPI_Finalize it counts what the run has left open. MPI's profiling interface (MPI standard, chapter 15)
// lets a program put its own MPI_X before the library's; calls that HDF5 makes are counted as well.
#include <hdf5.h>
#include <mpi.h>

#include <atomic>
#include <cstdio>

namespace {

std::atomic<long> communicators{0}, types{0}, requests{0}, files{0};

/// Counts an object that a call has made.
int made(int code, std::atomic<long>& count, bool exists = true) {
  if (code == MPI_SUCCESS && exists) ++count;
  return code;
}

long pending(int n, MPI_Request const* all) {
  long count = 0;
  for (int i = 0; i < n; ++i) count += all[i] != MPI_REQUEST_NULL;
  return count;
}

}  // namespace

extern "C" {

int MPI_Comm_dup(MPI_Comm comm, MPI_Comm* copy) { return made(PMPI_Comm_dup(comm, copy), communicators); }

int MPI_Comm_split(MPI_Comm comm, int color, int key, MPI_Comm* part) {
  int const code = PMPI_Comm_split(comm, color, key, part);
  return made(code, communicators, *part != MPI_COMM_NULL);
}

int MPI_Comm_split_type(MPI_Comm comm, int type, int key, MPI_Info info, MPI_Comm* part) {
  int const code = PMPI_Comm_split_type(comm, type, key, info, part);
  return made(code, communicators, *part != MPI_COMM_NULL);
}

int MPI_Comm_free(MPI_Comm* comm) {
  --communicators;
  return PMPI_Comm_free(comm);
}

int MPI_Type_contiguous(int n, MPI_Datatype of, MPI_Datatype* type) { return made(PMPI_Type_contiguous(n, of, type), types); }
int MPI_Type_dup(MPI_Datatype of, MPI_Datatype* type) { return made(PMPI_Type_dup(of, type), types); }
int MPI_Type_vector(int n, int length, int stride, MPI_Datatype of, MPI_Datatype* type) { return made(PMPI_Type_vector(n, length, stride, of, type), types); }
int MPI_Type_create_hvector(int n, int length, MPI_Aint stride, MPI_Datatype of, MPI_Datatype* type) {
  return made(PMPI_Type_create_hvector(n, length, stride, of, type), types);
}
int MPI_Type_create_hindexed(int n, int const lengths[], MPI_Aint const places[], MPI_Datatype of, MPI_Datatype* type) {
  return made(PMPI_Type_create_hindexed(n, lengths, places, of, type), types);
}
int MPI_Type_create_hindexed_block(int n, int length, MPI_Aint const places[], MPI_Datatype of, MPI_Datatype* type) {
  return made(PMPI_Type_create_hindexed_block(n, length, places, of, type), types);
}
int MPI_Type_create_resized(MPI_Datatype of, MPI_Aint lower, MPI_Aint extent, MPI_Datatype* type) {
  return made(PMPI_Type_create_resized(of, lower, extent, type), types);
}
int MPI_Type_create_struct(int n, int const lengths[], MPI_Aint const places[], MPI_Datatype const of[], MPI_Datatype* type) {
  return made(PMPI_Type_create_struct(n, lengths, places, of, type), types);
}

int MPI_Type_free(MPI_Datatype* type) {
  --types;
  return PMPI_Type_free(type);
}

int MPI_Isend(void const* data, int count, MPI_Datatype type, int to, int tag, MPI_Comm comm, MPI_Request* request) {
  return made(PMPI_Isend(data, count, type, to, tag, comm, request), requests);
}

int MPI_Irecv(void* data, int count, MPI_Datatype type, int from, int tag, MPI_Comm comm, MPI_Request* request) {
  return made(PMPI_Irecv(data, count, type, from, tag, comm, request), requests);
}

int MPI_Imrecv(void* data, int count, MPI_Datatype type, MPI_Message* message, MPI_Request* request) {
  return made(PMPI_Imrecv(data, count, type, message, request), requests);
}

int MPI_Ibarrier(MPI_Comm comm, MPI_Request* request) { return made(PMPI_Ibarrier(comm, request), requests); }

int MPI_Waitall(int n, MPI_Request* all, MPI_Status* statuses) {
  long const before = pending(n, all);
  int const code = PMPI_Waitall(n, all, statuses);
  requests -= before - pending(n, all);
  return code;
}

int MPI_Wait(MPI_Request* request, MPI_Status* status) {
  long const before = pending(1, request);
  int const code = PMPI_Wait(request, status);
  requests -= before - pending(1, request);
  return code;
}

int MPI_Test(MPI_Request* request, int* done, MPI_Status* status) {
  long const before = pending(1, request);
  int const code = PMPI_Test(request, done, status);
  requests -= before - pending(1, request);
  return code;
}

int MPI_File_open(MPI_Comm comm, char const* path, int mode, MPI_Info info, MPI_File* file) {
  return made(PMPI_File_open(comm, path, mode, info, file), files);
}

int MPI_File_close(MPI_File* file) {
  --files;
  return PMPI_File_close(file);
}

int MPI_Finalize() {
  long const objects = H5Fget_obj_count(static_cast<hid_t>(H5F_OBJ_ALL), H5F_OBJ_ALL);
  if (communicators != 0 || types != 0 || requests != 0 || files != 0 || objects != 0) {
    std::fprintf(stderr, "left open at the end of the run: %ld communicators, %ld MPI types, %ld requests, %ld files, %ld HDF5 objects\n",
                 communicators.load(), types.load(), requests.load(), files.load(), objects);
    PMPI_Abort(MPI_COMM_WORLD, 1);
  }
  return PMPI_Finalize();
}

}  // extern "C"

#ifdef __SANITIZE_ADDRESS__
/// Open MPI unloads its plugins before the leaks are counted, and then nobody knows whose they were (tests/leaks.supp).
extern "C" int dlclose(void*) { return 0; }
#endif
