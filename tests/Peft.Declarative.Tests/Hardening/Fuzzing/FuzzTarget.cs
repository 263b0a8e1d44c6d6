namespace Peft.Declarative.Tests.Hardening.Fuzzing;

/// <summary>A parser of strangers' files, and what may be expected of it.</summary>
internal abstract class FuzzTarget : IDisposable
{
    private const string InputName = "input";

    /// <summary>Name on the command line.</summary>
    internal abstract string Name { get; }

    /// <summary>Good files to start from.</summary>
    internal abstract IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>Words that the parser looks for.</summary>
    internal virtual IReadOnlyList<string> Words => [];

    /// <summary>Most bytes on the managed heap that reading an input may take, counted whether or not they live on.</summary>
    /// <param name="length">Bytes of the input.</param>
    internal virtual long AllocationLimit(int length) => (32L << 20) + (2000L * length);

    /// <summary>A folder for the files of this target.</summary>
    protected string Folder { get; } = Directory.CreateTempSubdirectory("peft-fuzz-").FullName;

    /// <summary>Reads an input, and whatever a program would do with it next. What it refuses, it refuses by an error of this library.</summary>
    internal abstract void Read(byte[] input);

    /// <summary>Writes the input to a file, where it also survives a crash of the process.</summary>
    internal void Keep(byte[] input) => File.WriteAllBytes(Path.Combine(Folder, InputName), input);

    public virtual void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>A seed written as text.</summary>
    protected static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    /// <summary>A file of the small copy of reference data, which is the same on every machine.</summary>
    protected static string Reference(params string[] names) =>
        Path.Combine([TestData.RepositoryRoot, "tests", "Peft.Declarative.Tests", "Data", .. names]);
}
