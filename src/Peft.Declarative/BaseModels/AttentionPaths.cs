using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative.BaseModels;

/// <summary>The attention modules of a model.</summary>
internal static class AttentionPaths
{
    /// <summary>Paths and kinds, in the order of the model.</summary>
    internal static IEnumerable<(string Path, AttentionKind Kind)> Of(nn.Module model) => Below(model, "");

    private static IEnumerable<(string, AttentionKind)> Below(nn.Module parent, string prefix)
    {
        foreach ((string name, nn.Module child) in parent.named_children())
        {
            IEnumerable<(string, AttentionKind)> found = child is IAttention attention ? [(prefix + name, attention.Attention)] : Below(child, $"{prefix}{name}.");
            foreach ((string, AttentionKind) entry in found)
            {
                yield return entry;
            }
        }
    }
}
