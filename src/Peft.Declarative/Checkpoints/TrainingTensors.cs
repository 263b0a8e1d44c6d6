using System.Security.Cryptography;
using System.Text;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.Checkpoints;

/// <summary>
/// The file with the tensors of an adapter that only training needs, such as the network that computes a prompt. It contains the hash of the
/// adapter's other tensors, so that it cannot be combined with another adapter.
/// </summary>
internal static class TrainingTensors
{
    // The metadata key for the hash of the tensors in the adapter's file.
    private const string Fingerprint = "adapter_sha256";

    /// <summary>The path of the file and a delegate that writes it.</summary>
    /// <param name="directory">The adapter's directory.</param>
    /// <param name="training">The training tensors.</param>
    /// <param name="tensors">The tensors in the adapter's file.</param>
    internal static (string Path, Action<Stream> Write) To(
        string directory, IReadOnlyDictionary<string, Tensor> training, IReadOnlyDictionary<string, Tensor> tensors)
    {
        string path = PathIn(directory);
        var metadata = new Dictionary<string, string> { ["format"] = "pt", [Fingerprint] = FingerprintOf(tensors) };
        return (path, SafetensorsWriter.To(path, training, metadata));
    }

    internal static string PathIn(string directory) => Path.Combine(directory, AdapterDirectory.TrainingName);

    /// <summary>Checks that the file was saved together with the given tensors.</summary>
    /// <exception cref="PeftException">PEFT504: the file belongs to other tensors, or it contains one of the given tensors.</exception>
    internal static void Check(string path, IReadOnlyDictionary<string, Tensor> tensors)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        if (file.Names.FirstOrDefault(tensors.ContainsKey) is { } twice)
        {
            throw new PeftException(RuleIds.ConfigurationUnreadable, $"'{path}' holds the tensor '{UntrustedText.Shown(twice)}', which is also in {AdapterDirectory.WeightsName}, "
                + "so it is not clear which one to use. Delete the file to train the tensors themselves.");
        }

        if (file.Metadata.GetValueOrDefault(Fingerprint) != FingerprintOf(tensors))
        {
            throw new PeftException(RuleIds.ConfigurationUnreadable, $"'{path}' belongs to other tensors than those in {AdapterDirectory.WeightsName}: training "
                + "would continue from another adapter than the one that is loaded. Restore the file that was saved with it, or delete it to train the tensors themselves.");
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
