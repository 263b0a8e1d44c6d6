using System.Buffers.Binary;
using System.Collections.Frozen;
using Peft.Declarative.Native;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Checkpoints;

/// <summary>
/// A safetensors file, mapped into memory and read without copying. Opening one checks every rule of the format and touches only the header.
/// </summary>
/// <remarks>May be read from several threads. The file must not be shortened while it is open; replacing it by a rename is fine.</remarks>
public sealed unsafe class SafetensorsFile : IDisposable
{
    /// <summary>Most tensors that a file may hold, more than twice what the largest published models have in all their files together.</summary>
    public const int MaxTensors = 250_000;

    /// <summary>Most dimensions that a tensor may have, which is libtorch's own limit.</summary>
    public const int MaxRank = 64;

    private readonly MappedFile map;
    private readonly long dataStart;
    private readonly FrozenDictionary<string, SafetensorsEntry> entries;

    private SafetensorsFile(string path, MappedFile map)
    {
        Path = path;
        this.map = map;
        SafetensorsHeader header = ReadHeader(path, map, out dataStart);
        SafetensorsLayout.Check(path, header.Entries, map.Length - dataStart);
        entries = header.Entries.ToFrozenDictionary(entry => entry.Name, StringComparer.Ordinal);
        Metadata = header.Metadata;
        Names = [.. entries.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>Path that the file was opened by.</summary>
    public string Path { get; }

    /// <summary>Free text of the writer, such as <c>format: pt</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Names of all tensors in ordinal order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Maps a file and checks it.</summary>
    /// <param name="path">Path of the file.</param>
    /// <exception cref="SafetensorsException">PEFT501: the file breaks a rule of the format.</exception>
    /// <exception cref="PeftException">PEFT503: there is no such file, or it cannot be read.</exception>
    public static SafetensorsFile Open(string path)
    {
        MappedFile map = MappedFile.Open(path);
        try
        {
            return new SafetensorsFile(path, map);
        }
        catch
        {
            map.Dispose();
            throw;
        }
    }

    /// <summary>Whether the file holds a tensor of this name.</summary>
    public bool Contains(string name) => entries.ContainsKey(name);

    /// <summary>Type, shape and place of a tensor.</summary>
    /// <exception cref="PeftException">PEFT503: the file has no such tensor.</exception>
    public SafetensorsEntry Entry(string name) =>
        entries.TryGetValue(name, out SafetensorsEntry? entry) ? entry : throw CheckpointErrors.MissingTensor(Path, name, Names);

    /// <summary>
    /// The tensor, as a view into the file. It belongs to no dispose scope, must not be written to (the memory is read-only: a write
    /// ends the process), and must not be used after this file is disposed; <c>clone()</c> gives an independent one.
    /// </summary>
    /// <param name="name">Name of the tensor.</param>
    /// <exception cref="SafetensorsException">PEFT501: its element type has no counterpart in TorchSharp.</exception>
    /// <exception cref="PeftException">PEFT503: the file has no such tensor.</exception>
    public Tensor Read(string name)
    {
        ObjectDisposedException.ThrowIf(map.IsDisposed, this);
        NativeStartup.EnsureLoaded();
        SafetensorsEntry entry = Entry(name);
        if (entry.Dtype.TorchType() is not { } type)
        {
            throw new SafetensorsException(SafetensorsViolation.UnsupportedDtype, Path,
                $"tensor '{UntrustedText.Shown(name)}' has the dtype {entry.Dtype.Name()}, of which no tensor can be made here", name,
                $"Convert the model to one of {SafetensorsDtypeTable.Readable}.");
        }

        return Load(entry, type).DetachFromDisposeScope();
    }

    /// <summary>A part of a tensor's bytes as they are in the file; valid until this object is disposed.</summary>
    internal ReadOnlySpan<byte> Bytes(string name, long offset, int count)
    {
        ObjectDisposedException.ThrowIf(map.IsDisposed, this);
        SafetensorsEntry entry = Entry(name);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, entry.ByteLength - count);
        return new ReadOnlySpan<byte>(map.Start + dataStart + entry.Begin + offset, count);
    }

    /// <summary>Lets go of the memory that what was read so far takes; the tensors stay, and are read from the file again when they are used.</summary>
    internal void ReleasePages() => map.ReleasePages();

    /// <summary>Unmaps the file. Tensors that were read from it must not be used any more.</summary>
    public void Dispose() => map.Dispose();

    private Tensor Load(SafetensorsEntry entry, ScalarType type)
    {
        if (entry.ByteLength == 0)
        {
            return empty(entry.Shape.AsSpan().ToArray(), dtype: type, device: CPU);
        }

        byte* start = map.Start + dataStart + entry.Begin;
        if ((nuint)start % (nuint)(entry.Dtype.Bits() / 8) == 0)
        {
            return RawTensor.View(start, type, entry.Shape.AsSpan());
        }

        // The format lets a header end anywhere. Vector instructions may fault on elements that are not aligned to their size.
        Tensor copy = empty(entry.Shape.AsSpan().ToArray(), dtype: type, device: CPU);
        Buffer.MemoryCopy(start, RawTensor.Address(copy), entry.ByteLength, entry.ByteLength);
        return copy;
    }

    private static SafetensorsHeader ReadHeader(string path, MappedFile map, out long dataStart)
    {
        const int Prefix = SafetensorsHeader.PrefixLength;
        if (map.Length < Prefix)
        {
            throw new SafetensorsException(SafetensorsViolation.HeaderTooSmall, path,
                $"it has {map.Length} bytes, but the length of its header alone takes {Prefix}");
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(map.Start, Prefix));
        if (length > SafetensorsHeader.MaxLength)
        {
            throw new SafetensorsException(SafetensorsViolation.HeaderTooLarge, path,
                $"its header would have {length:N0} bytes, more than the {SafetensorsHeader.MaxLength:N0} that the format allows");
        }

        dataStart = Prefix + (long)length;
        if (dataStart > map.Length)
        {
            throw new SafetensorsException(SafetensorsViolation.InvalidHeaderLength, path,
                $"its header would end at byte {dataStart:N0}, but the file ends at {map.Length:N0}");
        }

        return SafetensorsHeaderReader.Read(path, new ReadOnlySpan<byte>(map.Start + Prefix, (int)length));
    }
}
