using System.Buffers.Binary;
using System.Collections.Frozen;
using Peft.Declarative.Native;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Checkpoints;

/// <summary>
/// A safetensors file that is mapped into memory and read without copying. Opening a file checks every rule of the format and reads only the header.
/// </summary>
/// <remarks>
/// Several threads can read from one instance. While the file is open, it must not be truncated; it can be replaced by renaming another file.
/// </remarks>
/// <example>
/// <code>
/// using SafetensorsFile file = SafetensorsFile.Open("adapter_model.safetensors");
/// foreach (string name in file.Names)
/// {
///     using Tensor tensor = file.Read(name);   // a view; clone() gives an independent copy
/// }
/// </code>
/// </example>
public sealed unsafe class SafetensorsFile : IDisposable
{
    /// <summary>The maximum number of tensors in a file: more than twice the number in all files of the largest published models.</summary>
    public const int MaxTensors = 250_000;

    /// <summary>The maximum number of dimensions of a tensor, which is libtorch's limit.</summary>
    public const int MaxRank = 64;

    private readonly MappedFile _map;
    private readonly long _dataStart;
    private readonly FrozenDictionary<string, SafetensorsEntry> _entries;

    private SafetensorsFile(string path, MappedFile map)
    {
        Path = path;
        _map = map;
        SafetensorsHeader header = ReadHeader(path, map, out _dataStart);
        SafetensorsLayout.Check(path, header.Entries, map.Length - _dataStart);
        _entries = header.Entries.ToFrozenDictionary(entry => entry.Name, StringComparer.Ordinal);
        Metadata = header.Metadata;
        Names = [.. _entries.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>The path with which the file was opened.</summary>
    public string Path { get; }

    /// <summary>The writer's metadata, such as <c>format: pt</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The names of all tensors, in ordinal order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Maps a file into memory and checks it.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="SafetensorsException">PEFT501: the file violates the safetensors format.</exception>
    /// <exception cref="PeftException">PEFT503: the file does not exist or cannot be read.</exception>
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

    /// <summary>Determines whether the file contains a tensor of this name.</summary>
    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <summary>Gets the element type, shape and byte range of a tensor.</summary>
    /// <exception cref="PeftException">PEFT503: the file has no such tensor.</exception>
    public SafetensorsEntry Entry(string name) =>
        _entries.TryGetValue(name, out SafetensorsEntry? entry) ? entry : throw CheckpointErrors.MissingTensor(Path, name, Names);

    /// <summary>
    /// Reads a tensor as a view into the file. The view belongs to no dispose scope. Writing to it changes the memory of this process and not the file. It
    /// remains valid after this object is disposed.
    /// </summary>
    /// <param name="name">The name of the tensor.</param>
    /// <exception cref="SafetensorsException">PEFT501: TorchSharp does not support the element type.</exception>
    /// <exception cref="PeftException">PEFT503: the file has no such tensor.</exception>
    public Tensor Read(string name)
    {
        ObjectDisposedException.ThrowIf(_map.IsDisposed, this);
        NativeStartup.EnsureLoaded();
        SafetensorsEntry entry = Entry(name);
        if (entry.Dtype.TorchType() is not { } type)
        {
            throw new SafetensorsException(SafetensorsViolation.UnsupportedDtype, Path,
                $"tensor '{UntrustedText.Shown(name)}' has the dtype {entry.Dtype.Name()}, which TorchSharp does not support", name,
                $"Convert the model to one of {SafetensorsDtypeTable.Readable}.");
        }

        return Load(entry, type).DetachFromDisposeScope();
    }

    /// <summary>Reads the bytes of a tensor of any type as uint8 [bytes, 1], as a view into the file.</summary>
    internal Tensor ReadBytes(string name)
    {
        ObjectDisposedException.ThrowIf(_map.IsDisposed, this);
        NativeStartup.EnsureLoaded();
        SafetensorsEntry entry = Entry(name);
        return Load(entry with { Dtype = SafetensorsDtype.U8, Shape = [entry.ByteLength, 1] }, ScalarType.Byte).DetachFromDisposeScope();
    }

    /// <summary>A range of a tensor's bytes, as stored in the file; valid until this object is disposed.</summary>
    internal ReadOnlySpan<byte> Bytes(string name, long offset, int count)
    {
        ObjectDisposedException.ThrowIf(_map.IsDisposed, this);
        SafetensorsEntry entry = Entry(name);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, entry.ByteLength - count);
        return new ReadOnlySpan<byte>(_map.Start + _dataStart + entry.Begin + offset, count);
    }

    /// <summary>Releases the memory of the data that has been read. The tensors remain valid; the system reads them from the file again on the next access.</summary>
    internal void ReleasePages() => _map.ReleasePages();

    /// <summary>Releases the pages of a tensor that is not read again.</summary>
    internal void ReleasePages(void* start, long length) => _map.ReleasePages(start, length);

    /// <summary>Determines whether an address lies within the mapped file.</summary>
    internal bool IsMapped(void* address) => _map.Contains(address);

    /// <summary>Checks that no other program has shortened the file since it was opened.</summary>
    internal void CheckLength() => _map.CheckLength();

    /// <summary>Closes the file. It is unmapped when the last tensor that was read from it is freed.</summary>
    public void Dispose() => _map.Dispose();

    private Tensor Load(SafetensorsEntry entry, ScalarType type)
    {
        if (entry.ByteLength == 0)
        {
            return empty(entry.Shape.AsSpan().ToArray(), dtype: type, device: CPU);
        }

        byte* start = _map.Start + _dataStart + entry.Begin;
        if ((nuint)start % (nuint)(entry.Dtype.Bits() / 8) == 0)
        {
            _map.Retain();
            return RawTensor.View(start, type, entry.Shape.AsSpan(), _map.Release);
        }

        // A header can end at any offset. Vector instructions can fault on elements that are not aligned to their size, so unaligned tensors are copied.
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

        if (LfsPointer.Begins(new ReadOnlySpan<byte>(map.Start, (int)Math.Min(map.Length, 64))))
        {
            throw new PeftException(RuleIds.ModelUnreadable, $"The file '{path}' cannot be read: {LfsPointer.Problem}.");
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(map.Start, Prefix));
        if (length > SafetensorsHeader.MaxLength)
        {
            throw new SafetensorsException(SafetensorsViolation.HeaderTooLarge, path,
                FormattableString.Invariant($"its header would have {length:N0} bytes, more than the {SafetensorsHeader.MaxLength:N0} that the format allows"));
        }

        dataStart = Prefix + (long)length;
        if (dataStart > map.Length)
        {
            throw new SafetensorsException(SafetensorsViolation.InvalidHeaderLength, path,
                FormattableString.Invariant($"its header would end at byte {dataStart:N0}, but the file ends at {map.Length:N0}"));
        }

        return SafetensorsHeaderReader.Read(path, new ReadOnlySpan<byte>(map.Start + Prefix, (int)length));
    }
}
