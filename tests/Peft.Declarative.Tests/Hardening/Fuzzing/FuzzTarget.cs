using System.IO.MemoryMappedFiles;
using System.Text.Json;

namespace Peft.Declarative.Tests.Hardening.Fuzzing;

/// <summary>A parser of strangers' files, and what may be expected of it.</summary>
internal abstract class FuzzTarget : IDisposable
{
    // A folder in memory, where the system has one: hundreds of thousands of files are written, and a busy disk would take minutes over them.
    private const string InMemory = "/dev/shm";

    private readonly MemoryMappedFile _current;
    private readonly MemoryMappedViewAccessor _number;

    protected FuzzTarget()
    {
        Folder = Directory.Exists(InMemory)
            ? Directory.CreateDirectory(Path.Combine(InMemory, $"peft-fuzz-{Guid.NewGuid():N}")).FullName
            : Directory.CreateTempSubdirectory("peft-fuzz-").FullName;
        _current = MemoryMappedFile.CreateFromFile(Path.Combine(Folder, "number"), FileMode.Create, null, sizeof(int));
        _number = _current.CreateViewAccessor();
    }

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
    protected string Folder { get; }

    /// <summary>Reads an input, and whatever a program would do with it next. What it refuses, it refuses by an error of this library.</summary>
    internal abstract void Read(byte[] input);

    /// <summary>Whether an input has the syntax of its format, so that what it says could be judged; JSON unless a target has another.</summary>
    internal virtual bool IsWellFormed(byte[] input) => IsJson(input);

    /// <summary>Whether bytes are JSON.</summary>
    protected static bool IsJson(ReadOnlyMemory<byte> input)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(input);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Notes the number of the input in a file, where it survives a crash of the process: with the seed, it tells the input.</summary>
    internal void Begin(int number) => _number.Write(0, number);

    public virtual void Dispose()
    {
        _number.Dispose();
        _current.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>A seed written as text.</summary>
    protected static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
