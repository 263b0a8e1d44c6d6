using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Methods.AdapterFusion;

public class AdapterFusionEmissionTests
{
    [Fact]
    public void OverTwoBottlenecks_WithBaseConfig_TellsShapesAndCounts() => Snapshots.Match(Generated.From(
        """
        namespace Acme.Personas;

        [Bottleneck(reduction: 16, Name = "law")]
        [Bottleneck(reduction: 16, Name = "medicine")]
        [AdapterFusion("law", "medicine", Temperature = true)]
        [BaseConfig("models/llama-3.2-1b/config.json")]
        public sealed partial class Counsel : LlamaForCausalLM;
        """,
        Configs.Llama1B)["Adapters"]);

    [Fact]
    public void Regularization_IsALineOfTheLoop()
    {
        const string Source = "[Bottleneck(reduction: 8, Name = \"x\")] [Bottleneck(reduction: 8, Name = \"y\")] [AdapterFusion(\"x\", \"y\"SETTING)] [Training(Epochs = 1)] public sealed partial class Counsel : LlamaForCausalLM;";
        Generated with = Generated.From(Source.Replace("SETTING", ""));
        Generated without = Generated.From(Source.Replace("SETTING", ", Regularization = false"));

        Assert.Contains("if (AdapterFusion.IsActive) run.BackwardPenalty(FusionRegularization.Of(AdapterFusion));", with["Training"]);
        Assert.DoesNotContain("FusionRegularization", without["Training"]);
        Assert.Empty(with.CompilerProblems);
        Assert.Empty(with.Analyze());
    }

    [Fact]
    public void LeftOutBlocks_OfAllBottlenecks_HaveNoFusion()
    {
        Generated generated = Generated.From(
            """
            [Bottleneck(reduction: 8, Name = "x", LeaveOut = [0, 1])]
            [ParallelBottleneck(reduction: 8, Name = "y", LeaveOut = [1, 2], Targets = ["attention"])]
            [AdapterFusion("x", "y")]
            [BaseConfig("models/llama-3.2-1b/config.json")]
            public sealed partial class Counsel : LlamaForCausalLM;
            """,
            Configs.Llama1B);

        Assert.Contains("layer.attention_adapters.Add(new AttentionAdapterFusion(layer.attention_adapters));", generated["Adapters"]);
        Assert.Contains("//   output_adapters      15 of 16 layers", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
    }

    [Theory]
    [InlineData("[AdapterFusion(\"x\")]", "names 1 adapters, and there is nothing to blend")]
    [InlineData("[AdapterFusion(\"x\", \"z\")]", "z is not there or of another method")]
    [InlineData("[Lora(rank: 2, Name = \"low\")] [AdapterFusion(\"x\", \"low\")]", "low is not there or of another method")]
    public void Members_ThatAreNoBottlenecks_AreAProblem(string attributes, string message)
    {
        Generated generated = Generated.From($"[Bottleneck(reduction: 8, Name = \"x\")] {attributes} public sealed partial class Counsel : LlamaForCausalLM;");

        var found = Assert.Single(generated.Analyze());
        Assert.Equal("PEFT103", found.Id);
        Assert.Contains(message, found.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }
}
