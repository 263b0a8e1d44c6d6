using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Peft.Declarative.Checkpoints;

/// <summary>
/// A hash that tells one model's weights from another's: of every tensor its name, type, shape and bytes, small tensors whole and of larger ones
/// pieces that are spread evenly. It does not depend on how tensors are spread over files, and takes milliseconds for gigabytes.
/// </summary>
internal static class WeightsHash
{
    /// <summary>Stands before the digits and changes whenever the rule does, so that hashes of different rules are never compared.</summary>
    internal const string Scheme = "sha256-sampled-1";

    // Training changes a tensor nearly everywhere, so that a part of it tells as much as the whole.
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
            BinaryPrimitives.WriteInt32LittleEndian(length, title.Length);   // so that no name can pass for another one's type and bytes
            hash.AppendData(length);
            hash.AppendData(title);
            Append(hash, files, name, entry.ByteLength);
        }

        files.ReleasePages();
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
