using System.Text.Json.Nodes;
using Peft.Declarative.Tests.Methods.Lora;

namespace Peft.Declarative.Tests.Methods.Dora;

/// <summary>The attribute that says what a DoRA's file says.</summary>
internal static class DoraDeclaration
{
    internal static string Of(JsonObject config, IEnumerable<string> keys) => $"Dora({string.Join(", ", LoraDeclaration.Arguments(config, keys))})";
}
