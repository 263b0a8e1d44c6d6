using Peft.Declarative.Generators.Model;

namespace Peft.Declarative.Generators.Methods.Ia3;

/// <summary>On which side of a layer its factors are.</summary>
internal sealed record Ia3Side(bool OnInput) : LayerSetting
{
    internal override string Difference(IReadOnlyList<LayerSetting> all) => OnInput ? "OnInput" : "OnResult";
}
