using System.Security.Cryptography;
using System.Text;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Checkpoints;

/// <summary>
/// The file beside an adapter's own with the tensors that only training needs: networks that make what the other file holds. It names those tensors
/// by their hash, so that it is never taken for another adapter's.
/// </summary>
internal static class TrainingTensors
{
    // In the metadata: which tensors of the adapter's file it belongs to.
    private const string Fingerprint = "adapter_sha256";

    /// <summary>What writes the file.</summary>
    /// <param name="directory">The adapter's directory.</param>
    /// <param name="training">The tensors.</param>
    /// <param name="tensors">Those of the adapter's own file.</param>
    internal static (string Path, Action<Stream> Write) To(
        string directory, IReadOnlyDictionary<string, Tensor> training, IReadOnlyDictionary<string, Tensor> tensors)
    {
        string path = PathIn(directory);
        var metadata = new Dictionary<string, string> { ["format"] = "pt", [Fingerprint] = FingerprintOf(tensors) };
        return (path, SafetensorsWriter.To(path, training, metadata));
    }

    internal static string PathIn(string directory) => Path.Combine(directory, AdapterDirectory.TrainingName);

    /// <summary>Refuses a file that was not saved with the tensors beside it.</summary>
    /// <exception cref="PeftException">PEFT504: it belongs to others, or holds one of them itself.</exception>
    internal static void Check(string path, IReadOnlyDictionary<string, Tensor> tensors)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        if (file.Names.FirstOrDefault(tensors.ContainsKey) is { } twice)
        {
            throw new PeftException(RuleIds.ConfigurationUnreadable, $"'{path}' holds the tensor '{UntrustedText.Shown(twice)}', which is in {AdapterDirectory.WeightsName} "
                + "beside it too, so it is not clear which one is meant. Delete the file to train the tensors themselves.");
        }

        if (file.Metadata.GetValueOrDefault(Fingerprint) != FingerprintOf(tensors))
        {
            throw new PeftException(RuleIds.ConfigurationUnreadable, $"'{path}' belongs to other tensors than those in {AdapterDirectory.WeightsName} beside it: training "
                + "would go on from another adapter than the one that is used. Put back the file that was saved with it, or delete it to train the tensors themselves.");
        }
    }

    private static string FingerprintOf(IReadOnlyDictionary<string, Tensor> tensors)
    {
        using DisposeScope scope = NewDisposeScope();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string name, Tensor tensor) in tensors.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            hash.AppendData(tensor.detach().cpu().contiguous().bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
