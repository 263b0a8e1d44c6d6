using Peft.Declarative.Generators.Tests.Hosting;
using Xunit.Abstractions;

namespace Peft.Declarative.Generators.Tests.Emit;

public class FirstLookTests(ITestOutputHelper output)
{
    private void Show(Generated generated)
    {
        foreach (var file in generated.Files) { output.WriteLine("=== " + file.Key); output.WriteLine(file.Value); }
        foreach (string p in generated.CompilerProblems) output.WriteLine("!! " + p);
        foreach (var d in generated.Analyze(Configs.Llama1B)) output.WriteLine("?? " + d);
    }

    [Fact]
    public void A() => Show(Generated.From("""
        namespace Acme.Personas;
        [Lora(rank: 8, Alpha = 16, Targets = ["q_proj", "v_proj"])]
        [Training(LearningRate = 2e-4, Epochs = 3, Accumulate = 4, Warmup = 100, Schedule = Schedule.Cosine, Precision = Precision.BFloat16, GradientCheckpointing = true)]
        [BaseConfig("models/llama-3.2-1b/config.json")]
        public sealed partial class Persona : LlamaForCausalLM;
        """, Configs.Llama1B));

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
        [Lora(rank: 8, Targets = ["q_porj", "v_proj"], RankPattern = ["k_proj=4"])]
        [Lora(rank: 0, Targets = ["all-linear"], Name = "ada", ModulesToSave = ["norm"], Layers = [0, 3])]
        [PromptTuning(20, Init = PromptInit.Text)]
        public sealed partial class Persona : Gpt2ForCausalLM;
        """));
}
