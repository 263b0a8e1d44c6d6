using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Emit;

public class TrainingFileTests
{
    [Fact]
    public void EverythingOn_EveryPartIsInTheLoop() => Snapshots.Match(Generated.From(
        """
        namespace Acme;

        [Lora(rank: 8)]
        [Training(LearningRate = 2e-4, Accumulate = 4, Schedule = Schedule.Cosine, Precision = Precision.BFloat16, GradientCheckpointing = true)]
        public sealed partial class Persona : LlamaForCausalLM;
        """)["Training"]);

    [Fact]
    public void OwnModel_GetsWhatTheLoopAsksFor() => Snapshots.Match(Generated.From(
        """
        [Training(MaxGradientNorm = 0)]
        public partial class Tiny : Module<Tensor, Tensor>
        {
            [Lora(rank: 2)] private Module<Tensor, Tensor> head = Linear(8, 8);
            public Tiny() : base("Tiny") => RegisterComponents();
            public override Tensor forward(Tensor x) => head.call(x);
        }
        """)["Training"]);

    [Fact]
    public void SumLoss_OfTheUser_IsUsed()
    {
        Generated generated = Generated.From(
            """
            public partial class Tiny : Module<Tensor, Tensor>
            {
                [Lora(rank: 2)] private Module<Tensor, Tensor> head = Linear(8, 8);
                public Tiny() : base("Tiny") => RegisterComponents();
                public override Tensor forward(Tensor x) => head.call(x);
                private Tensor SumLoss(MicroBatch micro) => forward(micro.InputIds).sum();
            }
            """);

        Assert.Contains("Tensor ITrainable.SumLoss(MicroBatch micro) => SumLoss(micro);", generated["Training"]);
        Assert.Empty(generated.CompilerProblems);
    }

    [Fact]
    public void Optimizer_ByName_IsInThePlan()
    {
        Generated generated = Generated.From("[Lora(rank: 8)] [Training(Optimizer = OptimizerType.AdamW8Bit)] public sealed partial class Persona : LlamaForCausalLM;");

        Assert.Contains("Optimizer = OptimizerType.AdamW8Bit,", generated["Training"]);
        Assert.Contains("run.Step();   // AdamW8Bit at this step's learning rate", generated["Training"]);
        Assert.Empty(generated.CompilerProblems);
    }

    [Fact]
    public void Checkpointing_OfALevel_IsInThePlanAndInTheLoop()
    {
        Generated generated = Generated.From("[Lora(rank: 8)] [Training(Checkpointing = Checkpointing.Selective)] public sealed partial class Persona : LlamaForCausalLM;");

        Assert.Matches(@"\bCheckpointing = \S*Checkpointing\.Selective,", generated["Training"]);
        Assert.Matches(@"\bCheckpointing = \S*Checkpointing\.Selective;   // recomputes what is cheap", generated["Training"]);
        Assert.Empty(generated.CompilerProblems);
    }

    [Fact]
    public void PackingAndGrouping_ArePassedOn()
    {
        string code = Generated.From("[Lora(rank: 8)] [Training(Packing = true, GroupByLength = true)] public partial class Persona : LlamaForCausalLM;")["Training"];

        Assert.Contains("Packing = true,", code);
        Assert.Contains("GroupByLength = true,", code);
    }

    [Fact]
    public void NoTraining_DefaultsHold() =>
        Assert.Contains("// no [Training] on Persona: its defaults hold", Generated.From("[Lora(rank: 8)] public partial class Persona : LlamaForCausalLM;")["Training"]);
}
