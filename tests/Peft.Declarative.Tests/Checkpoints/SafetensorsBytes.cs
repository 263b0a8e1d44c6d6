using System.Buffers.Binary;
using System.Text;

namespace Peft.Declarative.Tests.Checkpoints;

/// <summary>Safetensors files put together by hand, right or wrong.</summary>
internal static class SafetensorsBytes
{
    /// <summary>A file of this header and so many bytes of data: 0, 1, 2 and so on.</summary>
    internal static byte[] Of(string header, int dataLength) => Of(Encoding.UTF8.GetBytes(header), dataLength);

    internal static byte[] Of(byte[] header, int dataLength)
    {
        byte[] prefix = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, header.Length);
        return [.. prefix, .. header, .. Enumerable.Range(0, dataLength).Select(i => (byte)i)];
    }

    /// <summary>A header with one tensor 'a' of these fields.</summary>
    internal static string Tensor(string dtype, string shape, string offsets) =>
        $$$"""{"a":{"dtype":"{{{dtype}}}","shape":{{{shape}}},"data_offsets":{{{offsets}}}}}""";
}
