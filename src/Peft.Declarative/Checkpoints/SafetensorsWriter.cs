using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using Peft.Declarative.Native;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Checkpoints;

/// <summary>Writes tensors to a safetensors file, in the same order as the reference writer.</summary>
public static class SafetensorsWriter
{
    // The default encoder would escape '+' and all non-ASCII characters, which the reference writer does not do.
    private static readonly JsonWriterOptions HeaderOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a file. Tensors that share memory are each written in full. On failure, an existing file is unchanged.</summary>
    /// <param name="path">The target. Missing directories are created.</param>
    /// <param name="tensors">The tensors by name, on any device and with any strides. At most one of them is copied at a time.</param>
    /// <param name="metadata">Text for the header; Hugging Face libraries require <c>format: pt</c>.</param>
    /// <exception cref="SafetensorsException">PEFT501: the format does not support the name or the element type of a tensor.</exception>
    /// <exception cref="PeftException">PEFT502: the target cannot be written.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null) =>
        AtomicFile.Write(path, To(path, tensors, metadata));

    /// <summary>Checks the tensors and returns a delegate that writes the content of the file, for <see cref="AtomicFile.WriteAll"/>.</summary>
    internal static Action<Stream> To(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        List<(string Name, Tensor Tensor, SafetensorsDtype Dtype)> ordered =
        [
            .. tensors
                .Select(pair => (Name: pair.Key, Tensor: pair.Value, Dtype: DtypeOf(path, pair.Key, pair.Value)))
                .OrderByDescending(item => item.Dtype)
                .ThenBy(item => item.Name, StringComparer.Ordinal),
        ];
        byte[] header = Header(path, ordered, metadata);
        return stream =>
        {
            stream.Write(header);
            foreach ((_, Tensor tensor, _) in ordered)
            {
                WriteData(stream, tensor);
            }
        };
    }

    private static SafetensorsDtype DtypeOf(string path, string name, Tensor tensor)
    {
        if (name == SafetensorsHeader.MetadataKey)
        {
            throw new SafetensorsException(SafetensorsViolation.DuplicateName, path,
                $"'{name}' is the key of its metadata and cannot name a tensor", name, "Rename the tensor.");
        }

        return SafetensorsDtypeTable.From(tensor.dtype) ?? throw new SafetensorsException(SafetensorsViolation.UnsupportedDtype, path,
            $"tensor '{UntrustedText.Shown(name)}' has elements of {tensor.dtype}, which the format does not support", name,
            $"Convert it to one of {SafetensorsDtypeTable.Readable}.");
    }

    private static byte[] Header(
        string path, List<(string Name, Tensor Tensor, SafetensorsDtype Dtype)> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        ArrayBufferWriter<byte> buffer = new();
        buffer.Advance(Clear(buffer.GetSpan(SafetensorsHeader.PrefixLength)));
        using (Utf8JsonWriter json = new(buffer, HeaderOptions))
        {
            json.WriteStartObject();
            WriteMetadata(json, metadata);
            long begin = 0;
            foreach ((string name, Tensor tensor, SafetensorsDtype dtype) in tensors)
            {
                long end = begin + (tensor.numel() * dtype.Bits() / 8);
                WriteEntry(json, name, dtype, tensor.shape, begin, end);
                begin = end;
            }

            json.WriteEndObject();
        }

        // Spaces pad the header to a multiple of eight bytes, so that the data after it is aligned for every element type.
        int length = buffer.WrittenCount - SafetensorsHeader.PrefixLength;
        int padding = -length & 7;
        buffer.GetSpan(padding + 1)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        length += padding;
        if (length > SafetensorsHeader.MaxLength)
        {
            throw new SafetensorsException(SafetensorsViolation.HeaderTooLarge, path,
                FormattableString.Invariant($"the names of its {tensors.Count:N0} tensors need a header of {length:N0} bytes, ")
                + FormattableString.Invariant($"more than the {SafetensorsHeader.MaxLength:N0} that the format allows"),
                remedy: "Spread the tensors over several files.");
        }

        byte[] header = buffer.WrittenSpan.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(header, length);
        return header;
    }

    private static int Clear(Span<byte> prefix)
    {
        prefix[..SafetensorsHeader.PrefixLength].Clear();
        return SafetensorsHeader.PrefixLength;
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is null)
        {
            return;
        }

        json.WriteStartObject(SafetensorsHeader.MetadataKey);
        foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, string name, SafetensorsDtype dtype, long[] shape, long begin, long end)
    {
        json.WriteStartObject(name);
        json.WriteString("dtype", dtype.Name());
        json.WriteStartArray("shape");
        Array.ForEach(shape, json.WriteNumberValue);
        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(begin);
        json.WriteNumberValue(end);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static unsafe void WriteData(Stream stream, Tensor tensor)
    {
        if (tensor.numel() == 0)
        {
            return;
        }

        const int Chunk = 1 << 24;   // a span is limited to 2 GiB; a tensor can be larger
        using var scope = NewDisposeScope();
        Tensor plain = tensor.detach().cpu().contiguous();
        byte* next = (byte*)RawTensor.Address(plain);
        long left = plain.numel() * plain.element_size();
        while (left > 0)
        {
            int count = (int)Math.Min(left, Chunk);
            stream.Write(new ReadOnlySpan<byte>(next, count));
            next += count;
            left -= count;
        }
    }
}
