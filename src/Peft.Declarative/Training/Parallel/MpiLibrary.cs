using System.Runtime.InteropServices;

namespace Peft.Declarative.Training.Parallel;

/// <summary>
/// The few functions of MPI that training needs. The managed binding on NuGet (MPI.NET) knows Microsoft's library alone. Handles of MPICH and Microsoft MPI are
/// numbers, those of Open MPI addresses of exported objects; both fit into a pointer.
/// </summary>
internal sealed unsafe class MpiLibrary
{
    private readonly MpiKind _kind;
    private readonly nint _library;
    private readonly nint _world;
    private readonly nint _float;
    private readonly nint _sum;

    private MpiLibrary(MpiKind kind, nint library)
    {
        (_kind, _library) = (kind, library);
        (_world, _float, _sum) = kind == MpiKind.Open
            ? (Export("ompi_mpi_comm_world"), Export("ompi_mpi_float"), Export("ompi_mpi_op_sum"))
            : (0x44000000, 0x4c00040a, 0x58000003);
    }

    /// <exception cref="PeftException">PEFT905: it cannot be loaded.</exception>
    internal static MpiLibrary Load(MpiKind kind)
    {
        foreach (string name in kind.Libraries)
        {
            if (NativeLibrary.TryLoad(name, out nint library))
            {
                return new MpiLibrary(kind, library);
            }
        }

        throw kind.Unusable($"none of {string.Join(", ", kind.Libraries.Select(name => $"'{name}'"))} can be loaded");
    }

    /// <summary>Joins the other processes. Waits for them.</summary>
    /// <returns>The number of this process, and how many there are.</returns>
    internal (int Rank, int Size) Start()
    {
        const int Serialized = 2;   // any thread, but one at a time: a run may move to another thread between two steps
        int started, granted, rank, size;
        Require("MPI_Initialized", ((delegate* unmanaged[Cdecl]<int*, int>)Export("MPI_Initialized"))(&started));
        if (started == 0)
        {
            Require("MPI_Init_thread", ((delegate* unmanaged[Cdecl]<nint, nint, int, int*, int>)Export("MPI_Init_thread"))(0, 0, Serialized, &granted));
        }

        Require("MPI_Comm_rank", ((delegate* unmanaged[Cdecl]<nint, int*, int>)Export("MPI_Comm_rank"))(_world, &rank));
        Require("MPI_Comm_size", ((delegate* unmanaged[Cdecl]<nint, int*, int>)Export("MPI_Comm_size"))(_world, &size));
        return (rank, size);
    }

    internal void AllReduce(Span<float> values)
    {
        fixed (float* start = values)
        {
            Require("MPI_Allreduce", ((delegate* unmanaged[Cdecl]<nint, nint, int, nint, nint, nint, int>)Export("MPI_Allreduce"))(
                _kind.InPlace, (nint)start, values.Length, _float, _sum, _world));
        }
    }

    /// <summary>Takes leave of the other processes. Waits until all of them do.</summary>
    internal void Finish()
    {
        int finished;
        if (((delegate* unmanaged[Cdecl]<int*, int>)Export("MPI_Finalized"))(&finished) == 0 && finished == 0)
        {
            _ = ((delegate* unmanaged[Cdecl]<int>)Export("MPI_Finalize"))();
        }
    }

    private nint Export(string name) =>
        NativeLibrary.TryGetExport(_library, name, out nint address) ? address : throw _kind.Unusable($"its library has no '{name}'");

    private void Require(string function, int code)
    {
        if (code != 0)
        {
            throw _kind.Unusable(FormattableString.Invariant($"{function} returned the error {code}"));
        }
    }
}
