using System.Text.Json.Nodes;

namespace Peft.Declarative.Tests.Methods.PromptTuning;

/// <summary>The attribute that says what a soft prompt's file says.</summary>
internal static class PromptTuningDeclaration
{
    internal static string Of(JsonObject config, IEnumerable<string> keys) => $"PromptTuning(tokens: {config["num_virtual_tokens"]})";
}
