using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>The layers that a family usually adapts, as its class says.</summary>
internal static class FamilyDefaults
{
    /// <summary>The layers of a group on a model, or the projections if the family names none for it; null if the class says nothing.</summary>
    internal static IReadOnlyList<string>? Of(nn.Module model, TargetGroup group)
    {
        var declared = (DefaultTargetsAttribute[])Attribute.GetCustomAttributes(model.GetType(), typeof(DefaultTargetsAttribute));

        // Which of the targets are feed-forward layers is a question that the projections do not answer.
        return (Array.Find(declared, targets => targets.Group == group)
            ?? (group == TargetGroup.FeedForward ? null : Array.Find(declared, targets => targets.Group == TargetGroup.Projections)))?.Names;
    }
}
