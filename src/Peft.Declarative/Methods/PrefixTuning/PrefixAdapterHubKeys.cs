using Peft.Declarative.Slots;

namespace Peft.Declarative.Methods.PrefixTuning;

/// <summary>
/// The names of a prefix's tensors in AdapterHub's files. Its library has one pool of prefixes for the whole model, to which every attention module
/// refers, so the file contains all tensors under each of them and once under the model's own name.
/// </summary>
internal static class PrefixAdapterHubKeys
{
    /// <summary>The name of a prefix without a network.</summary>
    internal const string FlatName = "control_trans";

    private static readonly (string Own, string InFile)[] Spellings =
        [("prompt_encoder.embedding.", "wte."), ("prompt_encoder.transform.", FlatName + "."), (FlatName, FlatName), ("gate_weight", "weight"), ("gate_bias", "bias")];

    internal static string NameOf(AttentionKind attention) => attention switch
    {
        AttentionKind.Source => "encoder_prefix",
        AttentionKind.Cross => "cross_prefix",
        _ => "self_prefix",
    };

    /// <summary>Determines whether a config includes a prefix in a kind of attention.</summary>
    internal static bool IsMeant(AttentionKind attention, PrefixTuningConfig config) => attention switch
    {
        AttentionKind.Source => config.InSource,
        AttentionKind.Cross => config.InCross,
        _ => true,
    };

    /// <summary>Gets the name of the pool in an attention module.</summary>
    internal static string Pool(string path) => $"{path}.prefix_tuning.pool.prefix_tunings";

    /// <summary>Gets the name of the pool in the module that contains all attention modules.</summary>
    /// <param name="backbone">The name of that module, including the dot; empty for the model itself.</param>
    internal static string SharedPool(string backbone) => $"{backbone}prefix_tuning.prefix_tunings";

    internal static string Of(string pool, string name, AttentionKind attention, string own) => $"{pool}.{name}.{NameOf(attention)}.{InFile(own)}";

    internal static string Gate(string path, string name, string own) => $"{path}.prefix_tuning.prefix_gates.{name}.{InFile(own)}";

    private static string InFile(string own)
    {
        (string begin, string inFile) = Spellings.First(spelling => own.StartsWith(spelling.Own, StringComparison.Ordinal));
        return inFile + own[begin.Length..];
    }
}
