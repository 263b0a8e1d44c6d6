using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Methods.ParallelBottleneck;

public class ParallelBottleneckEmissionTests
{
    [Fact]
    public void OnClassifier_WithBaseConfig_TellsPlacesAndHead() => Snapshots.Match(Generated.From(
        """
        namespace Acme.Personas;

        [ParallelBottleneck(reduction: 4, Targets = ["mlp"])]
        [BaseConfig("models/bert/config.json")]
        public sealed partial class Judge : BertForSequenceClassification;
        """,
        Configs.Bert)["Adapters"]);

    [Fact]
    public void WithoutReduction_HasThePapers()
    {
        Generated generated = Generated.From("[ParallelBottleneck] [Lora(rank: 8)] public sealed partial class Persona : Gpt2ForCausalLM;");

        Assert.Contains("output_adapters.Add(new MlpParallelBottleneck(", generated["Adapters"]);
        Assert.Contains("new ParallelBottleneckConfig { Reduction = 2.0 });", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
        Assert.Empty(generated.Analyze());
    }
}
