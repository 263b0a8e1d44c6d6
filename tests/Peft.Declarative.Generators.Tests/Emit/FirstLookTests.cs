using Peft.Declarative.Generators.Tests.Hosting;
using Xunit.Abstractions;

namespace Peft.Declarative.Generators.Tests.Emit;

public class FirstLookTests(ITestOutputHelper output)
{
    private void Show(Generated generated)
    {
        foreach (var file in generated.Files) { output.WriteLine("=== " + file.Key); output.WriteLine(file.Value); }
        foreach (string p in generated.CompilerProblems) output.WriteLine("!! " + p);
        foreach (var d in generated.Analyze(Configs.Gpt2)) output.WriteLine("?? " + d);
    }

    [Fact]
    public void B() => Show(Generated.From("""
        namespace Acme;
        public partial class TinyGpt : nn.Module<Tensor, Tensor>
        {
            [Lora(rank: 8)] private nn.Module<Tensor, Tensor> q_proj;
            [Lora(rank: 4, Alpha = 8)] internal nn.Module<Tensor, Tensor> k_proj = Linear(768, 128);
            public TinyGpt() : base("TinyGpt") { q_proj = Linear(768, 768); RegisterComponents(); }
            public override Tensor forward(Tensor x) => k_proj.call(q_proj.call(x));
        }
        """));

    [Fact]
    public void C() => Show(Generated.From("""
        namespace Acme;
        [Lora(rank: 8, Targets = ["all-linear"], Exclude = ["head2"], ModulesToSave = ["lm_head"], OwnBias = true, Bias = BiasTraining.All)]
        [Lora(rank: 2, Targets = ["layers.1.up"], Name = "second")]
        public partial class TinyGpt : nn.Module<Tensor, Tensor>
        {
            private readonly ModuleList<Block> layers = new();
            private nn.Module<Tensor, Tensor> lm_head, head2, act = GELU();
            private readonly Linear other = Linear(3, 4);
            public TinyGpt() : base("TinyGpt") { lm_head = Linear(768, 768); head2 = Linear(2,3); RegisterComponents(); }
            public override Tensor forward(Tensor x) => x;
            public sealed class Block : nn.Module<Tensor, Tensor> { internal nn.Module<Tensor, Tensor> up, @default;
              public Block() : base("b") { up = Linear(16, 32); @default = Linear(32, 16); }
              public override Tensor forward(Tensor x) => x; }
        }
        """));

    [Fact]
    public void D() => Show(Generated.From("""
        [Lora(rank: 8, Targets = ["all-linear", "wte"], Layers = [0, 3, 4], RankPattern = ["c_fc=2"], TrainableTokens = [3, 4], Bias = BiasTraining.All, Dropout = 0.1, UseRsLora = true)]
        [BaseConfig("models/gpt2/config.json")]
        [Budget(MaxTrainable = 1000, MaxMemoryGiB = 0.1)]
        [PromptTuning(20, Init = PromptInit.Text, InitText = "be \"kind\"")]
        public sealed partial class Persona : Gpt2ForCausalLM;
        """, Configs.Gpt2));
}
