using static TorchSharp.torch;

namespace Peft.Declarative.Adapters;

/// <summary>The layers that a family usually adapts, as its class says.</summary>
internal static class FamilyDefaults
{
    /// <summary>The usual layers of a method on a model: those for it by name, else those for all methods; null if the class says nothing.</summary>
    internal static IReadOnlyList<string>? Of(nn.Module model, string method)
    {
        var declared = (DefaultTargetsAttribute[])Attribute.GetCustomAttributes(model.GetType(), typeof(DefaultTargetsAttribute));

        // A name with a dot is a part of a method's layers, for which the usual targets are no answer.
        return (declared.FirstOrDefault(targets => targets.For == method) ?? declared.FirstOrDefault(targets => targets.For.Length == 0 && !method.Contains('.')))?.Names;
    }
}
