using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>Reads from the class of a family which layers are usually adapted.</summary>
internal static class FamilyDefaults
{
    /// <summary>
    /// Gets the layers of a group, or the projections if the family has no such group; <see langword="null"/> if the class has no defaults.
    /// </summary>
    internal static IReadOnlyList<string>? Of(nn.Module model, TargetGroup group)
    {
        var declared = (DefaultTargetsAttribute[])Attribute.GetCustomAttributes(model.GetType(), typeof(DefaultTargetsAttribute));

        // The projections cannot stand for the feed-forward layers among the targets.
        return (Array.Find(declared, targets => targets.Group == group)
            ?? (group == TargetGroup.FeedForward ? null : Array.Find(declared, targets => targets.Group == TargetGroup.Projections)))?.Names;
    }
}
