using Peft.Declarative.BaseModels;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Training;

/// <summary>The output directory of a run, which no other run may use at the same time.</summary>
internal sealed class RunFolder : IDisposable
{
    private static readonly string[] Own = ["best", "last", "state"];

    private readonly FileStream _lock;

    private RunFolder(FileStream held) => _lock = held;

    /// <summary>Locks the directory, and deletes an earlier run in it if <paramref name="overwrite"/> is set.</summary>
    /// <exception cref="PeftException">
    /// PEFT421: it contains a run that is neither resumed nor overwritten. PEFT422: another run uses it. PEFT502: it is not writable.
    /// </exception>
    internal static RunFolder Claim(string directory, bool resume, bool overwrite)
    {
        bool hasState = File.Exists(Path.Combine(directory, "state", "state.safetensors"));
        bool hasAdapter = new[] { directory, Path.Combine(directory, "last") }.Any(HasAdapter);
        FileStream held = Lock(directory);
        try
        {
            if (overwrite)
            {
                Clear(directory);
            }
            else if (resume ? hasAdapter && !hasState : hasAdapter || hasState)
            {
                throw resume ? TrainingErrors.NothingToResume(directory) : TrainingErrors.RunExists(directory);
            }

            return new RunFolder(held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Unlocks the directory.</summary>
    public void Dispose() => _lock.Dispose();

    // The system releases the lock when the process ends. The file is not deleted, because then two runs could lock two files of the same name.
    private static FileStream Lock(string directory)
    {
        string path = Path.Combine(directory, "state", "lock");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            throw TrainingErrors.RunInUse(directory);
        }
        catch (Exception reason) when (PendingFile.Explain(directory, reason) is { } explained)
        {
            throw explained;
        }
    }

    private static bool HasAdapter(string folder) =>
        File.Exists(Path.Combine(folder, AdapterDirectory.WeightsName)) || File.Exists(Path.Combine(folder, AdapterDirectory.ConfigName));

    private static void Clear(string directory)
    {
        foreach (string file in Own.Select(name => Path.Combine(directory, name)).Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder)).Where(file => Path.GetFileName(file) != "lock"))
        {
            File.Delete(file);
        }
    }
}
