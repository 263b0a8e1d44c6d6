using System.Globalization;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Peft.Declarative.Native;

/// <summary>
/// The number of threads on which libtorch computes. It belongs to the calling thread: <c>torch.set_num_threads</c> also changes it for all threads that have not
/// computed yet, so that a short change would stay with some of them. This class changes it for the caller alone.
/// </summary>
internal static unsafe partial class OpenMpThreads
{
    /// <summary>
    /// The name of the environment variable for what may be measured: <c>off</c> for nothing, <c>steps</c> for training steps too, whose results then depend on
    /// the load, in their last bits.
    /// </summary>
    internal const string ProbeVariable = "PEFT_PROBE";

    private static readonly string[] Variables = ["OMP_NUM_THREADS", "MKL_NUM_THREADS"];

    // How many processes mpirun or Slurm has started on this machine: Open MPI, MPICH and Intel MPI, Slurm.
    private static readonly string[] LocalSizes = ["OMPI_COMM_WORLD_LOCAL_SIZE", "MPI_LOCALNRANKS", "SLURM_NTASKS_PER_NODE"];

    private static delegate* unmanaged[Cdecl]<int, void> _setOpenMp;
    private static delegate* unmanaged[Cdecl]<int, int> _setMkl;   // null in a build without MKL

    /// <summary>The most threads to use: those of libtorch, but no more than this process's share of the machine.</summary>
    internal static int Most { get; private set; } = 1;

    /// <summary>Why the number of threads is not ours to choose, for people; <see langword="null"/> if it is.</summary>
    internal static string? FixedBy { get; private set; } = "libtorch";

    /// <summary>Whether the machine may be measured.</summary>
    internal static bool MayProbe { get; } = Environment.GetEnvironmentVariable(ProbeVariable) is not ("off" or "0");

    /// <summary>Whether training steps may run on the number of threads that is fastest under the load.</summary>
    internal static bool StepsFollowLoad { get; } = Environment.GetEnvironmentVariable(ProbeVariable) is "steps";

    /// <summary>Whether the calling thread has the number that it began with, and it is ours to choose.</summary>
    internal static bool IsFree => FixedBy is null && get_num_threads() == Most;

    /// <summary>Reads the default, before a user can have changed it, and lowers it to the share of this process.</summary>
    internal static void Begin()
    {
        int all;
        try
        {
            all = THSTorch_get_num_threads();
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            return;   // on Windows, TorchSharp loads its own library later
        }

        Most = all;
        FixedBy = Array.Find(Variables, variable => Environment.GetEnvironmentVariable(variable) is not null) is { } set
            ? $"{set}={Environment.GetEnvironmentVariable(set)}"
            : MayProbe ? null : $"{ProbeVariable}=off";
        if (FixedBy is not null)
        {
            return;
        }

        Most = Share(all, Environment.ProcessorCount, MachineProcessors(), LocalProcesses());
        if (Most < all)
        {
            THSTorch_set_num_threads(Most);
        }

        Find();
    }

    /// <summary>
    /// The threads of one process: a container can have fewer processors than libtorch counts, and processes that train together share them, unless mpirun has
    /// bound each to its own.
    /// </summary>
    /// <param name="threads">The threads of libtorch: one for each core.</param>
    /// <param name="processors">The processors that this process may use.</param>
    /// <param name="ofMachine">Those of the machine.</param>
    /// <param name="processes">The processes that were started together on this machine.</param>
    internal static int Share(int threads, int processors, int ofMachine, int processes)
    {
        bool areBound = (long)processors * processes <= ofMachine;
        return Math.Max(1, Math.Min(threads, processors) / (areBound ? 1 : Math.Max(1, processes)));
    }

    /// <summary>Sets the number for the calling thread.</summary>
    internal static void Use(int count)
    {
        _setOpenMp(count);
        if (_setMkl != null)
        {
            _ = _setMkl(count);
        }
    }

    private static void Find()
    {
        // OpenMP's runtime is found through the library that needs it; on Windows, which does not look there, by its name.
        if ((NativeLibrary.TryLoad("torch_cpu", typeof(TorchSharp.torch).Assembly, null, out IntPtr core) && NativeLibrary.TryGetExport(core, "omp_set_num_threads", out IntPtr set))
            || (NativeLibrary.TryLoad("libiomp5md", out IntPtr intel) && NativeLibrary.TryGetExport(intel, "omp_set_num_threads", out set)))
        {
            _setOpenMp = (delegate* unmanaged[Cdecl]<int, void>)set;
            _setMkl = NativeLibrary.TryGetExport(core, "MKL_Set_Num_Threads_Local", out IntPtr mkl) ? (delegate* unmanaged[Cdecl]<int, int>)mkl : null;
        }
        else
        {
            FixedBy = "libtorch";
        }
    }

    private static int MachineProcessors()
    {
        const string Processors = "/sys/devices/system/cpu";
        return Directory.Exists(Processors)
            ? Directory.EnumerateDirectories(Processors, "cpu*").Count(path => char.IsAsciiDigit(path[Processors.Length + 4]))
            : Environment.ProcessorCount;
    }

    private static int LocalProcesses() => LocalSizes
        .Select(variable => int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int size) ? size : 1)
        .Max();

#pragma warning disable SYSLIB1054 // nothing to marshal
    [DllImport("LibTorchSharp")]
    private static extern int THSTorch_get_num_threads();

    [DllImport("LibTorchSharp")]
    private static extern void THSTorch_set_num_threads(int count);
#pragma warning restore SYSLIB1054
}
