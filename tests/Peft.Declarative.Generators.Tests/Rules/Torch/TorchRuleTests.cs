using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Peft.Declarative.Generators.Rules;
using Peft.Declarative.Generators.Rules.Torch;
using Peft.Declarative.Generators.Tests.Hosting;
using Peft.Declarative.Generators.Tests.Structure;

namespace Peft.Declarative.Generators.Tests.Rules.Torch;

/// <summary>The rules about TorchSharp: the examples of their pages, and what they must leave alone.</summary>
public partial class TorchRuleTests
{
    private const string Usings = "using TorchSharp; using static TorchSharp.torch; using static TorchSharp.torch.nn;\n";

    internal static readonly DiagnosticAnalyzer[] Analyzers =
    [
        new DeviceOfInputAnalyzer(), new ReadBackAnalyzer(), new LoopWithoutScopeAnalyzer(), new ScopeDisposesResultAnalyzer(), new AwaitInScopeAnalyzer(),
        new CallForwardAnalyzer(), new NotAParameterAnalyzer(), new NotRegisteredAnalyzer(), new ScalarNotKeptAnalyzer(),
    ];

    public static TheoryData<string> Rules => [.. TorchRules.All.Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task Rule_OnTheExamplesOfItsPage_FindsTheWrongOneAndNotTheRight(string id)
    {
        string page = Page(id);

        Assert.Equal([id], await Find(Example(page, "Wrong")));
        Assert.Empty(await Find(Example(page, "Right")));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Rule_InTheCatalogue_HasPageAndReleaseEntry(string id)
    {
        DiagnosticDescriptor rule = TorchRules.All.Single(rule => rule.Id == id);
        string releases = File.ReadAllText(Path.Combine(Repository.Root, "generators", "Peft.Declarative.Generators", "AnalyzerReleases.Unshipped.md"));

        Assert.Contains("## When to suppress", Page(id));
        Assert.Contains($"{id} | TorchSharp | {rule.DefaultSeverity} | {rule.Title}", releases);
        Assert.Contains(Analyzers, analyzer => analyzer.SupportedDiagnostics.Single().Id == id);
    }

    [Theory]
    [InlineData("a tensor that is moved", "class M() : Module<Tensor, Tensor>(\"m\") { public override Tensor forward(Tensor x) { Tensor p = arange(4).to(x.device); Tensor q = zeros(3); q = q.to(x.device); return x + p + q; } }")]
    [InlineData("a number as a tensor", "class M() : Module<Tensor, Tensor>(\"m\") { public override Tensor forward(Tensor x) => x * tensor(2f); }")]
    [InlineData("made outside of forward", "class M() : Module<Tensor, Tensor>(\"m\") { private Tensor p = arange(4); public override Tensor forward(Tensor x) => x + p; }")]
    [InlineData("a loop without gradients", "static class T { static float Run(Tensor[] all) { float sum = 0; foreach (Tensor x in all) sum += x.item<float>(); return sum; } }")]
    [InlineData("a result from a cache", "static class T { static Tensor kept = ones(3); static Tensor Kept() => kept; static Tensor Get() { using DisposeScope scope = NewDisposeScope(); return Kept(); } }")]
    [InlineData("a result that another scope is given", "static class T { static Tensor Get(Tensor x) { using DisposeScope scope = NewDisposeScope(); Tensor y = x + 1; scope.MoveToOuter(y); return y; } }")]
    [InlineData("a result that is detached later", "static class T { static Tensor Get(Tensor x) { using DisposeScope scope = NewDisposeScope(); Tensor y = x.exp(); y.DetachFromDisposeScope(); return y; } }")]
    [InlineData("a result in place", "static class T { static Tensor Get(Tensor x) { using DisposeScope scope = NewDisposeScope(); return x.add_(1); } }")]
    [InlineData("a result of an argument", "static class T { static Tensor Get(Tensor x) { using DisposeScope scope = NewDisposeScope(); Tensor y = x; return y; } }")]
    [InlineData("a returned lambda's own result", "static class T { static System.Func<Tensor, Tensor> Get() { using DisposeScope scope = NewDisposeScope(); return x => { return x + 1; }; } }")]
    [InlineData("an await in a function inside", "static class T { static void Run() { using (no_grad()) { System.Func<System.Threading.Tasks.Task> f = async () => await System.Threading.Tasks.Task.Yield(); } } }")]
    [InlineData("an await before the scope", "static class T { static async System.Threading.Tasks.Task Run() { await System.Threading.Tasks.Task.Yield(); using DisposeScope scope = NewDisposeScope(); } }")]
    [InlineData("the base's forward", "class A() : Module<Tensor, Tensor>(\"a\") { public override Tensor forward(Tensor x) => x; } class B : A { public override Tensor forward(Tensor x) => base.forward(x); }")]
    [InlineData("forward from outside", "static class T { static Tensor Run(Module<Tensor, Tensor> model, Tensor x) => model.forward(x); }")]
    [InlineData("a buffer", "class M() : Module<Tensor, Tensor>(\"m\") { private Tensor mean = zeros(8); public override Tensor forward(Tensor x) => x - mean; }")]
    [InlineData("a tensor of no module", "class C { private Tensor start = zeros(8, requires_grad: true); public Tensor Start => start; }")]
    [InlineData("a module of another", "class M(Module<Tensor, Tensor> whole) : Module<Tensor, Tensor>(\"m\") { private readonly Module<Tensor, Tensor> whole = whole; public override Tensor forward(Tensor x) => whole.call(x); }")]
    [InlineData("registered in the base", "abstract class A : Module<Tensor, Tensor> { protected A() : base(\"a\") => RegisterComponents(); } class B : A { private Module<Tensor, Tensor> fc = Linear(2, 2); public override Tensor forward(Tensor x) => fc.call(x); }")]
    [InlineData("registered by name", "class B : Module<Tensor, Tensor> { private Module<Tensor, Tensor> fc = Linear(2, 2); public B() : base(\"b\") { register_module(\"fc\", fc); } public override Tensor forward(Tensor x) => fc.call(x); }")]
    [InlineData("a scalar of a field", "class C { private readonly Scalar half = 0.5.ToScalar(); public object Run(jit.CompilationUnit unit, Tensor x) => unit.invoke(\"f\", x, half); }")]
    [InlineData("a scalar that a method keeps", "class C { private static Scalar last; private static Scalar Keep(double x) => last = x.ToScalar(); public object Run(jit.CompilationUnit unit, Tensor x) => unit.invoke(\"f\", x, Keep(2)); }")]
    public async Task Rules_LeaveAlone(string what, string source)
    {
        Assert.NotEmpty(what);
        Assert.Empty(await Find(source));
    }

    private static async Task<string[]> Find(string source)
    {
        Compilation compilation = Generated.Compile(Usings + source);
        Assert.Empty(compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error));
        var found = await compilation.WithAnalyzers([.. Analyzers]).GetAnalyzerDiagnosticsAsync();
        return [.. found.Select(diagnostic => diagnostic.Id)];
    }

    private static string Page(string id) => File.ReadAllText(Path.Combine(
        Repository.Root, "generators", "Peft.Declarative.Generators", "Rules", TorchRules.All.Single(rule => rule.Id == id).HelpLinkUri[RuleCatalog.Pages.Length..]));

    private static string Example(string page, string heading) => Code().Match(page[page.IndexOf($"## {heading}", StringComparison.Ordinal)..]).Groups[1].Value;

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Code();
}
