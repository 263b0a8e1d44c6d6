using System.Text.Json.Nodes;
using Peft.Declarative.Tests.Methods.LoHa;

namespace Peft.Declarative.Tests.Methods.LoKr;

/// <summary>The attribute that says what a LoKr's file says.</summary>
internal static class LoKrDeclaration
{
    internal static string Of(JsonObject config, IEnumerable<string> keys) => $"LoKr({string.Join(", ", Arguments(config, keys))})";

    private static IEnumerable<string> Arguments(JsonObject config, IEnumerable<string> keys) =>
    [
        .. LoHaDeclaration.Arguments(config, keys),
        $"DecomposeBoth = {config["decompose_both"]!.ToJsonString()}",
        $"DecomposeFactor = {config["decompose_factor"]}",
        $"RankDropoutScale = {config["rank_dropout_scale"]!.ToJsonString()}",
    ];
}
