using Peft.Declarative.CodeFixes.Torch;
using Peft.Declarative.Generators.Rules.Torch;

namespace Peft.Declarative.Generators.Tests.Fixes;

/// <summary>Fixes of the rules about TorchSharp, before and after.</summary>
public class TorchFixTests
{
    [Fact]
    public Task PassDevice_InForward_NamesTheInput() => Fix.Verify<DeviceOfInputAnalyzer, PassDeviceFix>(
        """
        public sealed class Shift : Module<Tensor, Tensor>
        {
            public Shift() : base("shift") { }
            public override Tensor forward(Tensor x) => x + {|TORCH001:arange(4, dtype: ScalarType.Float32)|};
        }
        """,
        """
        public sealed class Shift : Module<Tensor, Tensor>
        {
            public Shift() : base("shift") { }
            public override Tensor forward(Tensor x) => x + arange(4, dtype: ScalarType.Float32, device: x.device);
        }
        """);

    [Fact]
    public Task MoveResult_OutOfItsScope_MovesIt() => Fix.Verify<ScopeDisposesResultAnalyzer, MoveResultFix>(
        """
        public static class Sizes
        {
            public static Tensor Length(Tensor x)
            {
                using DisposeScope scope = NewDisposeScope();
                return {|TORCH004:x.pow(2).sum().sqrt()|};
            }
        }
        """,
        """
        public static class Sizes
        {
            public static Tensor Length(Tensor x)
            {
                using DisposeScope scope = NewDisposeScope();
                return x.pow(2).sum().sqrt().MoveToOuterDisposeScope();
            }
        }
        """);

    [Fact]
    public Task CallChild_InForward_Calls() => Fix.Verify<CallForwardAnalyzer, CallChildFix>(
        """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> fc = Linear(8, 8);
            public Net() : base("net") => RegisterComponents();
            public override Tensor forward(Tensor x) => fc.{|TORCH006:forward|}(x);
        }
        """,
        """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> fc = Linear(8, 8);
            public Net() : base("net") => RegisterComponents();
            public override Tensor forward(Tensor x) => fc.call(x);
        }
        """);

    [Fact]
    public Task OpenScope_InALoop_BeginsWithIt() => Fix.Verify<LoopWithoutScopeAnalyzer, OpenScopeFix>(
        """
        public static class Training
        {
            public static void Run(Module<Tensor, Tensor> model, Tensor x, optim.Optimizer optimizer)
            {
                {|TORCH003:for|} (int step = 0; step < 100; step++)
                {
                    Tensor loss = model.call(x).sum();
                    loss.backward();
                    optimizer.step();
                }
            }
        }
        """,
        """
        public static class Training
        {
            public static void Run(Module<Tensor, Tensor> model, Tensor x, optim.Optimizer optimizer)
            {
                for (int step = 0; step < 100; step++)
                {
                    using var scope = torch.NewDisposeScope();
                    Tensor loss = model.call(x).sum();
                    loss.backward();
                    optimizer.step();
                }
            }
        }
        """);

    [Fact]
    public Task UseParameter_ForATensor_WrapsIt() => Fix.Verify<NotAParameterAnalyzer, UseParameterFix>(
        """
        public sealed class Scale : Module<Tensor, Tensor>
        {
            private readonly Tensor {|TORCH007:factor|} = ones(8, requires_grad: true);
            public Scale() : base("scale") => RegisterComponents();
            public override Tensor forward(Tensor x) => x * factor;
        }
        """,
        """
        public sealed class Scale : Module<Tensor, Tensor>
        {
            private readonly Parameter factor = new Parameter(ones(8, requires_grad: true));
            public Scale() : base("scale") => RegisterComponents();
            public override Tensor forward(Tensor x) => x * factor;
        }
        """);

    [Fact]
    public Task RegisterComponents_InAConstructor_IsItsLastStatement() => Fix.Verify<NotRegisteredAnalyzer, RegisterComponentsFix>(
        """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> {|TORCH008:fc|} = Linear(8, 8);
            public Net() : base("net")
            {
            }
            public override Tensor forward(Tensor x) => fc.call(x);
        }
        """,
        """
        public sealed class Net : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> fc = Linear(8, 8);
            public Net() : base("net")
            {
                RegisterComponents();
            }
            public override Tensor forward(Tensor x) => fc.call(x);
        }
        """);

    [Fact]
    public Task KeepScalar_OfACall_HoldsIt() => Fix.Verify<ScalarNotKeptAnalyzer, KeepScalarFix>(
        """
        public static class Script
        {
            public static object Scale(jit.CompilationUnit unit, Tensor x, double factor)
            {
                return unit.invoke("scale", x, {|TORCH009:factor.ToScalar()|});
            }
        }
        """,
        """
        public static class Script
        {
            public static object Scale(jit.CompilationUnit unit, Tensor x, double factor)
            {
                using Scalar scalar = factor.ToScalar();
                return unit.invoke("scale", x, scalar);
            }
        }
        """);
}
