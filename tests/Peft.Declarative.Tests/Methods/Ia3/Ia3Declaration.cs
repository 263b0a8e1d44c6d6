using System.Text.Json.Nodes;
using Peft.Declarative.Tests.Declared;

namespace Peft.Declarative.Tests.Methods.Ia3;

/// <summary>The attribute that says what an (IA)³'s file says.</summary>
internal static class Ia3Declaration
{
    internal static string Of(JsonObject config, IEnumerable<string> keys) => $"Ia3({string.Join(", ", Arguments(config, keys))})";

    internal static string OfAdapterHub(JsonObject config, IEnumerable<string> keys) => $"Ia3(Targets = [{DeclaredArguments.AdapterHubPaths(keys)}], FeedForward = [])";

    private static IEnumerable<string> Arguments(JsonObject config, IEnumerable<string> keys) =>
    [
        .. DeclaredArguments.Layers(config, keys),
        .. config["feedforward_modules"] is JsonArray { Count: 0 }
            ? ["FeedForward = []"]
            : DeclaredArguments.Selector("FeedForward", "FeedForwardPattern", config["feedforward_modules"]),
    ];
}
