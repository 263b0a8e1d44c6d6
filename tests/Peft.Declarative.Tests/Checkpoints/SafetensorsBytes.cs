using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

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

    /// <summary>Writes a file anew in which some tensors have the same bytes under another type.</summary>
    /// <param name="path">The file.</param>
    /// <param name="chosen">Which tensors.</param>
    /// <param name="type">The type.</param>
    /// <param name="size">Its bytes.</param>
    internal static void Retype(string path, Func<string, bool> chosen, string type, int size)
    {
        byte[] file = File.ReadAllBytes(path);
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        JsonObject header = JsonNode.Parse(file.AsSpan(8, length))!.AsObject();
        foreach ((string name, JsonNode? entry) in header.Where(entry => chosen(entry.Key)).ToList())
        {
            int bytes = (int)entry!["data_offsets"]![1]! - (int)entry["data_offsets"]![0]!;
            Assert.Equal(0, bytes % size);
            (entry["dtype"], entry["shape"]) = (type, new JsonArray(bytes / size, 1));
        }

        byte[] changed = Encoding.UTF8.GetBytes(header.ToJsonString());
        byte[] padded = [.. changed, .. Enumerable.Repeat((byte)' ', (8 - (changed.Length % 8)) % 8)];
        byte[] prefix = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, padded.Length);
        File.WriteAllBytes(path, [.. prefix, .. padded, .. file.AsSpan(8 + length)]);
    }

    /// <summary>A header with one tensor 'a' of these fields.</summary>
    internal static string Tensor(string dtype, string shape, string offsets) =>
        $$$"""{"a":{"dtype":"{{{dtype}}}","shape":{{{shape}}},"data_offsets":{{{offsets}}}}}""";
}
