using System.Text.Json.Nodes;
using Peft.Declarative.Tests.Declared;

namespace Peft.Declarative.Tests.Methods.Poly;

/// <summary>The attribute that says what a Polytropon's file says.</summary>
internal static class PolyDeclaration
{
    internal static string Of(JsonObject config, IEnumerable<string> keys) => $"Poly({string.Join(", ", Arguments(config, keys))})";

    private static IEnumerable<string> Arguments(JsonObject config, IEnumerable<string> keys) =>
    [
        $"rank: {config["r"]}",
        $"tasks: {config["n_tasks"]}",
        $"skills: {config["n_skills"]}",
        $"splits: {config["n_splits"]}",
        .. DeclaredArguments.Layers(config, keys),
    ];
}
