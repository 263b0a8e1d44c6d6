using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Emit;

/// <summary>Writes the selectors of an adapter as assignments in the initializer of its config.</summary>
internal static class SelectorSettings
{
    internal static IEnumerable<string> Of(LayerAdapterSpec spec)
    {
        if (spec.Targets is { } targets) yield return $"Targets = {Literal.Of(targets)}";
        if (spec.TargetPattern is { } pattern) yield return $"TargetPattern = {Literal.Of(pattern)}";
        if (spec.Exclude is { } exclude) yield return $"Exclude = {Literal.Of(exclude)}";
        if (spec.ExcludePattern is { } excluded) yield return $"ExcludePattern = {Literal.Of(excluded)}";
        if (spec.Layers is { } layers) yield return $"Layers = {Literal.Of(layers)}";
        if (spec.LayersPattern is { } lists) yield return $"LayersPattern = {Literal.Of(lists)}";
        if (spec.ModulesToSave is { } saved) yield return $"ModulesToSave = {Literal.Of(saved)}";
    }
}
