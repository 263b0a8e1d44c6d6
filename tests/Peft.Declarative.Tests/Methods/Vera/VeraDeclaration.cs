using System.Text.Json.Nodes;
using Peft.Declarative.Tests.Declared;

namespace Peft.Declarative.Tests.Methods.Vera;

/// <summary>The attribute that says what a VeRA's file says.</summary>
internal static class VeraDeclaration
{
    internal static string Of(JsonObject config, IEnumerable<string> keys) => $"Vera({string.Join(", ", Arguments(config, keys))})";

    private static IEnumerable<string> Arguments(JsonObject config, IEnumerable<string> keys) =>
    [
        $"rank: {config["r"]}",
        $"Dropout = {config["vera_dropout"]}",
        $"Start = {config["d_initial"]}",
        $"Seed = {config["projection_prng_key"]}",
        $"SaveProjections = {config["save_projection"]!.ToJsonString()}",
        .. DeclaredArguments.Layers(config, keys),
        .. DeclaredArguments.Bias(config),
    ];
}
