using System.Globalization;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text.RegularExpressions;
using Peft.Declarative.Tests.BaseModels;
using Peft.Declarative.Tests.Hardening.Crashes;
using Peft.Declarative.Tests.Layers;
using Peft.Declarative.Tests.Methods.Lora;
using Peft.Declarative.Tests.Native.Panels;
using Peft.Declarative.Tests.Quantization;

namespace Peft.Declarative.Tests.Native;

/// <summary>The tests of kernels again, on processors that have less: each width of vectors has its own path, of which a machine runs the widest only.</summary>
public sealed partial class InstructionTests
{
    private const string Told = "PEFT_TESTS_WITHOUT";

    private static readonly string[] Kernels =
    [
        nameof(RowProductTests), nameof(RowKernelTests), nameof(VectorExpTests), nameof(GatedActivationTests), nameof(LoraRowsTests),
        nameof(FusedAttentionTests), nameof(FusedAttentionNumbersTests), nameof(NarrowHeadTests), nameof(WideHeadTests), nameof(PanelProductTests),
        nameof(BlockProductTests), nameof(QuantizedTensorTests),
        $"{nameof(InstructionTests)}.{nameof(Processor_OfAProcessToldSo_HasLess)}",
    ];

    [Theory]
    [InlineData("AVX512")]        // as most desktops
    [InlineData("HWIntrinsic")]   // what .NET has on any processor
    public void Kernels_OnAProcessorWithLess_GiveTheSameNumbers(string instructions)
    {
        var environment = new Dictionary<string, string?> { [$"DOTNET_Enable{instructions}"] = "0", [Told] = instructions };
        using ChildProcess process = ChildProcess.Tests(environment, string.Join('|', Kernels.Select(name => $"FullyQualifiedName~{name}")));

        (int code, string output, string error) = process.Rest();

        Assert.True(code == 0, output + error);
        Match passed = Passed().Match(output);
        Assert.True(passed.Success, output);
        Assert.InRange(int.Parse(passed.Groups[1].ValueSpan, CultureInfo.InvariantCulture), Kernels.Length, int.MaxValue);
    }

    [Fact]
    public void Processor_OfAProcessToldSo_HasLess()
    {
        string? without = Environment.GetEnvironmentVariable(Told);

        Assert.True(without is null || !Avx512F.IsSupported);
        Assert.True(without != "HWIntrinsic" || (!Avx2.IsSupported && !Vector256.IsHardwareAccelerated));
    }

    [GeneratedRegex(@"Passed: +(\d+)")]
    private static partial Regex Passed();
}
