using System.Text.Json.Nodes;
using Peft.Declarative.Tests.Declared;

namespace Peft.Declarative.Tests.Methods.LayerNormTuning;

/// <summary>The attribute that says what a layer-norm tuning's file says.</summary>
internal static class LayerNormTuningDeclaration
{
    internal static string Of(JsonObject config, IEnumerable<string> keys) =>
        $"LayerNormTuning({string.Join(", ", DeclaredArguments.Layers(config, keys))})";
}
