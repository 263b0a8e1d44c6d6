using System.Text.Json.Nodes;

namespace Peft.Declarative.Tests.Methods.MultitaskPromptTuning;

/// <summary>The attribute that says what a multitask prompt's file says.</summary>
internal static class MultitaskPromptTuningDeclaration
{
    internal static string Of(JsonObject config, IEnumerable<string> keys) =>
        $"MultitaskPromptTuning(tokens: {config["num_virtual_tokens"]}, tasks: {config["num_tasks"]}, ranks: {config["num_ranks"]})";
}
