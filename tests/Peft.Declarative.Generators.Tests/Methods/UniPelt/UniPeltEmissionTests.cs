using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Methods.UniPelt;

public class UniPeltEmissionTests
{
    [Fact]
    public void OnAClassifier_ShowsItsPartsAndItsHead()
    {
        Generated generated = Generated.From("[UniPelt(tokens: 5, Rank = 4)] public sealed partial class Judge : BertForSequenceClassification;");

        Assert.Contains("gated prefix of 5 keys and values", generated["Adapters"]);
        Assert.Contains("gated bottlenecks of reduction 16 after every mlp", generated["Adapters"]);
        Assert.Contains("gated low-rank updates of rank 4 of query and value", generated["Adapters"]);
        Assert.Empty(generated.CompilerProblems);
    }
}
