using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Methods.Bottleneck;

public class BottleneckEmissionTests
{
    [Fact]
    public void OnFamily_WithBaseConfig_TellsShapesAndCounts() => Snapshots.Match(Generated.From(
        """
        namespace Acme.Personas;

        [Bottleneck(reduction: 16, Targets = ["attention", "mlp"], Gated = true)]
        [BaseConfig("models/llama-3.2-1b/config.json")]
        public sealed partial class Persona : LlamaForCausalLM;
        """,
        Configs.Llama1B)["Adapters"]);

    [Theory]
    [InlineData("", "layer.output_adapters.Add(new MlpBottleneck(layer.output_adapters));")]
    [InlineData("Activation = Activation.Gelu", "new BottleneckConfig { Reduction = 8.0, Activation = Activation.Gelu });")]
    [InlineData("LearnedScale = ScaleLearning.Channel", "LearnedScale = ScaleLearning.Channel")]
    [InlineData("SumAfter = false, Residual = BottleneckResidual.Normalised", "Residual = BottleneckResidual.Normalised, SumAfter = false });")]
    [InlineData("Invertible = true", "NiceCoupling.Attach(this, Bottleneck);")]
    [InlineData("LeaveOut = [0]", "AdapterWiring.Attach(this, Bottleneck);")]
    [InlineData("Name = \"elon\"", "private sealed class MlpElon(SublayerSlot slot)")]
    public void Argument_OnFamily_IsInTheCode(string argument, string line)
    {
        string separator = argument.Length > 0 ? ", " : "";
        Generated generated = Generated.From($"[Bottleneck(reduction: 8{separator}{argument})] public sealed partial class Persona : LlamaForCausalLM;");

        Assert.Contains(line, generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze());
    }

    [Fact]
    public void ReductionsByBlock_WithBaseConfig_AreClassesAndLoops()
    {
        Generated generated = Generated.From(
            """
            [Bottleneck(reduction: 16, ReductionPattern = ["0=4", "1=4"], LeaveOut = [15])]
            [BaseConfig("models/llama-3.2-1b/config.json")]
            public sealed partial class Persona : LlamaForCausalLM;
            """,
            Configs.Llama1B);

        Assert.Contains("for (int i = 0; i <= 1; i++)", generated["Adapters"]);
        Assert.Contains("layer.output_adapters.Add(new MlpBy4Bottleneck(layer.output_adapters));", generated["Adapters"]);
        Assert.Contains("for (int i = 2; i <= 14; i++)", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze(Configs.Llama1B));
    }

    [Fact]
    public void OnEncoderDecoder_EverySublayerHasItsPlace()
    {
        Generated generated = Generated.From(
            "[Bottleneck(reduction: 8, Targets = [\"attention\", \"cross_attention\", \"mlp\"])] public sealed partial class Writer : T5ForConditionalGeneration;");

        Assert.Contains("block.layer.CrossAttention.adapters.Add(new CrossAttentionBottleneck(block.layer.CrossAttention.adapters));", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze());
    }

    [Theory]
    [InlineData("Targets = [\"mpl\"]", "PEFT101", "has no sublayer named 'mpl' for [Bottleneck]")]
    [InlineData("Targets = [\"cross_attention\"]", "PEFT101", "Its sublayers are attention, mlp.")]
    [InlineData("ReductionPattern = [\"mlp=4\"]", "PEFT203", "block=reduction")]
    [InlineData("StochasticDepth = 1.0", "PEFT202", "1")]
    public void Argument_ThatCannotBe_IsAProblem(string argument, string id, string message)
    {
        Generated generated = Generated.From($"[Bottleneck(reduction: 8, {argument})] public sealed partial class Persona : LlamaForCausalLM;");

        var found = Assert.Single(generated.Analyze());
        Assert.Equal(id, found.Id);
        Assert.Contains(message, found.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Gates_WithPackedTexts_AreAProblem()
    {
        Generated generated = Generated.From("[Bottleneck(reduction: 8, Gated = true)] [Training(Packing = true)] public sealed partial class Persona : LlamaForCausalLM;");

        Assert.Equal("PEFT310", Assert.Single(generated.Analyze()).Id);
    }

    [Fact]
    public void LeaveOut_OfABlockThatIsNotThere_IsAProblem()
    {
        Generated generated = Generated.From(
            """
            [Bottleneck(reduction: 8, LeaveOut = [16])]
            [BaseConfig("models/llama-3.2-1b/config.json")]
            public sealed partial class Persona : LlamaForCausalLM;
            """,
            Configs.Llama1B);

        Assert.Equal("PEFT106", Assert.Single(generated.Analyze(Configs.Llama1B)).Id);
    }
}
