using System.Text;
using Peft.Declarative.Quantization;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Fixtures;

/// <summary>Everything that the reference quantised to 4 bits: codes, packed order, scales and nested state, bit for bit.</summary>
public sealed class QuantizationParityTests
{
    internal const string CaseName = "quant__4bit";

    public static TheoryData<string> Cases { get; } = Names();

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Quantize_ToFourBits_GivesTheReferencesBits(string name)
    {
        Skip.If(name.Length == 0, $"This set of fixtures has no case '{CaseName}'.");

        using FixtureCase fixture = FixtureCase.Open(CaseName);
        using DisposeScope scope = NewDisposeScope();
        (string input, QuantizationSettings settings, ScalarType type) = Read(name);
        using QuantizedTensor stored = QuantizedTensor.Quantize(fixture[$"input.{input}"].to(type), settings);

        Assert.Equal(fixture[settings.Type == QuantizationType.Nf4 ? "code.nf4" : "code.fp4"].data<float>(), CodeTable.Of(settings.Type).FileValues);
        Close.Bits(fixture[$"packed.{name}"], stored.Packed, "packed codes");
        Close.Bits(fixture[$"absmax.{name}"], stored.Scales.Values, "scales");
        if (stored.Scales.Nested is { } nested)
        {
            Close.Bits(fixture[$"nested_absmax.{name}"], nested, "scales of scales");
            Assert.Equal(fixture[$"nested_offset.{name}"].item<float>(), stored.Scales.Offset);
        }

        foreach ((string part, Tensor written) in QuantizedFiles.Parts("", stored).Where(part => fixture.Has($"serialised.{name}{part.Name}")))
        {
            Close.Bits(fixture[$"serialised.{name}{part}"], written, part);
        }

        if (fixture.Has($"dequant.{name}"))
        {
            Close.Bits(fixture[$"dequant.{name}"], stored.Dequantize().to(ScalarType.Float32), "dequantised");
        }
    }

    private static TheoryData<string> Names()
    {
        if (FixtureCase.Root is not { } root || !Directory.Exists(Path.Combine(root, "cases", CaseName)))
        {
            return [""];
        }

        using FixtureCase fixture = FixtureCase.Open(CaseName);
        return [.. fixture.Below("packed.").Select(entry => entry.Name)];
    }

    // Such as 'w64.nf4.128.dq', with the type of the input behind it if that is not float32.
    private static (string Input, QuantizationSettings Settings, ScalarType Type) Read(string name)
    {
        string[] parts = name.Split('.');
        var settings = new QuantizationSettings(parts[1] == "nf4" ? QuantizationType.Nf4 : QuantizationType.Fp4)
        {
            BlockSize = int.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture),
            DoubleQuantization = parts[3] == "dq",
        };
        ScalarType type = parts.ElementAtOrDefault(4) switch
        {
            null => ScalarType.Float32,
            "bfloat16" => ScalarType.BFloat16,
            "float16" => ScalarType.Float16,
            string other => throw new ArgumentException($"The case '{name}' is of an unknown type '{other}'.", nameof(name)),
        };
        return (parts[0], settings, type);
    }
}
