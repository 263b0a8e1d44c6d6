using System.Text.Json.Nodes;
using Peft.Declarative.Tests.Declared;

namespace Peft.Declarative.Tests.Methods.LoHa;

/// <summary>The attribute that says what a LoHa's file says.</summary>
internal static class LoHaDeclaration
{
    internal static string Of(JsonObject config, IEnumerable<string> keys) => $"LoHa({string.Join(", ", Arguments(config, keys))})";

    /// <summary>What the attributes of all methods of LyCORIS have.</summary>
    internal static IEnumerable<string> Arguments(JsonObject config, IEnumerable<string> keys) =>
    [
        $"rank: {config["r"]}",
        $"Alpha = {config["alpha"]}",
        $"RankDropout = {config["rank_dropout"]}",
        $"ModuleDropout = {config["module_dropout"]}",
        .. DeclaredArguments.Layers(config, keys),
        .. DeclaredArguments.Entries("RankPattern", config["rank_pattern"]),
        .. DeclaredArguments.Entries("AlphaPattern", config["alpha_pattern"]),
    ];
}
