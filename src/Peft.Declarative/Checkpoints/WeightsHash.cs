using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Peft.Declarative.Checkpoints;

/// <summary>
/// A hash that identifies the weights of a model. It covers the name, type, shape and bytes of every tensor; of a large tensor it covers 16 evenly
/// spaced pieces. It does not depend on the number of shards and takes milliseconds for gigabytes.
/// </summary>
internal static class WeightsHash
{
    /// <summary>The prefix of a hash. It identifies the rule, so that hashes of different rules are never compared.</summary>
    internal const string Scheme = "sha256-sampled-1";

    // Training changes nearly every element of a tensor, so a sample is sufficient to detect a change.
    private const long LargestWhole = 1 << 18;
    private const int Pieces = 16;
    private const int PieceLength = 1 << 14;

    internal static string Of(ModelDirectory files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string name in files.Names)
        {
            SafetensorsEntry entry = files.Entry(name);
            byte[] title = Encoding.UTF8.GetBytes($"{name}\n{entry.Dtype.Name()}\n[{string.Join(',', entry.Shape)}]\n");
            byte[] length = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(length, title.Length);   // the length prevents a name from being read as type and bytes of another tensor
            hash.AppendData(length);
            hash.AppendData(title);
            Append(hash, files, name, entry.ByteLength);
        }

        return $"{Scheme}:{Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }

    private static void Append(IncrementalHash hash, ModelDirectory files, string name, long length)
    {
        if (length <= LargestWhole)
        {
            hash.AppendData(files.Bytes(name, 0, (int)length));
            return;
        }

        for (int i = 0; i < Pieces; i++)
        {
            long start = (length - PieceLength) / (Pieces - 1) * i;
            hash.AppendData(files.Bytes(name, i < Pieces - 1 ? start : length - PieceLength, PieceLength));
        }
    }
}
