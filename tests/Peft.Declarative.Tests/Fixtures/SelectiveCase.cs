using System.Globalization;
using System.Text.RegularExpressions;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Fixtures;

/// <summary>A case of the selective methods: plain training of a part of the base, with no adapter file.</summary>
internal static partial class SelectiveCase
{
    internal static bool Is(FixtureCase fixture) => fixture.Name.Contains("__sel_", StringComparison.Ordinal);

    /// <summary>The config that means what the case did.</summary>
    internal static AdapterConfig ConfigOf(FixtureCase fixture) => fixture.Json["method"]!.GetValue<string>() switch
    {
        "bitfit" => new BitFitConfig(),
        "full" => new FullFineTuningConfig(),
        "last_layer" => new FullFineTuningConfig { Targets = Layers(fixture) },
        "magnitude" => new SparseMaskConfig { Choice = MaskChoice.Magnitude, Density = Density(fixture), Targets = Layers(fixture) },
        "fish" => new SparseMaskConfig { Choice = MaskChoice.Fisher, Density = Density(fixture), Targets = Layers(fixture) },
        var method => throw new ArgumentException($"No config for '{method}'."),
    };

    /// <summary>The attribute that means the same.</summary>
    internal static string AttributeOf(FixtureCase fixture)
    {
        string targets = $"Targets = [{string.Join(", ", Layers(fixture).Select(layer => $"\"{layer}\""))}]";
        string density = Density(fixture).ToString(CultureInfo.InvariantCulture);
        return fixture.Json["method"]!.GetValue<string>() switch
        {
            "bitfit" => "BitFit",
            "full" => "FullFineTuning",
            "last_layer" => $"FullFineTuning({targets})",
            "magnitude" => $"SparseMask({density}, Choice = MaskChoice.Magnitude, {targets})",
            _ => $"SparseMask({density}, {targets})",
        };
    }

    /// <summary>Where the mask of a parameter is set, as flat positions; null without a mask.</summary>
    internal static Tensor? MaskOf(FixtureCase fixture, string parameter) =>
        fixture.Has($"mask.{parameter}") ? fixture[$"mask.{parameter}"].reshape(-1).nonzero().reshape(-1) : null;

    private static string[] Layers(FixtureCase fixture) =>
        [.. fixture.Json["parameters"]!.AsObject().Select(entry => entry.Key[..entry.Key.LastIndexOf('.')]).Distinct()];

    // The share stands in the note only.
    private static double Density(FixtureCase fixture)
    {
        Match share = Percent().Match(fixture.Json["note"]!.GetValue<string>());
        return share.Success ? double.Parse(share.Groups[1].ValueSpan, CultureInfo.InvariantCulture) / 100 : 0;
    }

    [GeneratedRegex(@"top (\d+(?:\.\d+)?) ?%")]
    private static partial Regex Percent();
}
