using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Rules;

/// <summary>
/// Finds adapted slots in the <c>forward</c> method of a user's own module that receive no gradient: never called, called through an object that
/// contains the original layer, called without recording gradients, or detached after the call. Code that it cannot follow is not reported.
/// </summary>
internal sealed class GradientFlow
{
    private static readonly string[] Scopes = ["no_grad", "inference_mode"];
    private static readonly string[] Walks = ["children", "named_children", "modules", "named_modules"];

    // The number of variables to follow; a variable can even occur in its own value while code is being typed.
    private const int DeepestChain = 4;

    private readonly Compilation _compilation;
    private readonly CancellationToken _cancellation;
    private readonly List<SyntaxNode> _bodies;
    private readonly INamedTypeSymbol _owner;

    private GradientFlow(INamedTypeSymbol owner, Compilation compilation, CancellationToken cancellation)
    {
        _owner = owner;
        _compilation = compilation;
        _cancellation = cancellation;
        _bodies = Reached();
    }

    /// <summary>Gets the problems of all adapters of a user's own module.</summary>
    internal static IEnumerable<Problem> Problems(ModelPlan plan, INamedTypeSymbol type, Compilation compilation, CancellationToken cancellation)
    {
        if (plan.Declaration.Shape.IsPretrained || plan.Failure is not null) yield break;

        foreach (AdapterPlan adapter in plan.Adapters)
        {
            foreach (IGrouping<string, PlannedLayer> owned in adapter.Adapted.Where(layer => layer.Layer.Form == SlotForm.Field).GroupBy(layer => layer.Layer.Owner))
            {
                // The class can have a base class with slots, and the forward method is that of the most derived class.
                INamedTypeSymbol? owner = type.BaseTypesAndSelf().Any(t => t.MetadataPath() == owned.Key) ? type : compilation.GetTypesByMetadataName(owned.Key).FirstOrDefault();
                if (owner is null) continue;

                var flow = new GradientFlow(owner, compilation, cancellation);
                foreach (PlannedLayer layer in owned)
                {
                    if (flow.Check(layer.Layer, adapter.Spec, plan.Declaration.Name) is { } problem) yield return problem;
                }
            }
        }
    }

    private Problem? Check(TreeLayer layer, AdapterSpec spec, string model)
    {
        string member = layer.Member.TrimStart('@');
        if (_bodies.Count == 0 || _bodies.SelectMany(Names).Any(name => Walks.Contains(name.Identifier.ValueText))) return null;

        List<IdentifierNameSyntax> uses = _bodies.SelectMany(Names).Where(name => name.Identifier.ValueText == member && IsMember(name)).ToList();
        SourcePlace place = spec is LayerAdapterSpec selected && selected.MemberOf(layer.Path) is { } declared ? declared : Target(spec, layer);
        if (uses.Count == 0)
        {
            string text = Holder(member) is { } holder
                ? RuleTexts.CalledThroughAnother(model, layer.Path, holder, spec.Method)
                : RuleTexts.NeverCalled(model, layer.Path, spec.Method);
            return new Problem(RuleIds.SlotWithoutGradient, text, place);
        }

        List<InvocationExpressionSyntax?> scopes = uses.Select(Scope).ToList();
        if (scopes.All(scope => scope is not null))
        {
            string text = RuleTexts.WithoutGradient(model, layer.Path, NameOf(scopes[0]!), spec.Method);
            return new Problem(RuleIds.SlotWithoutGradient, text, At(scopes[0]!));
        }

        List<InvocationExpressionSyntax?> cuts = uses.Select(use => Detach(use)).ToList();
        return cuts.All(cut => cut is not null)
            ? new Problem(RuleIds.SlotWithoutGradient, RuleTexts.ResultDetached(model, layer.Path, NameOf(cuts[0]!), spec.Method), At(cuts[0]!))
            : null;
    }

    private static SourcePlace Target(AdapterSpec spec, TreeLayer layer)
    {
        int index = spec is LayerAdapterSpec { Targets: { } targets } ? targets.ToList().FindIndex(target => Targeting.LayerPath.EndsWith(layer.Path, target)) : -1;
        return index >= 0 ? spec.Place.At("Targets", index) : spec.Place;
    }

    /// <summary>Gets the bodies of forward and of the class's own methods that it calls.</summary>
    private List<SyntaxNode> Reached()
    {
        var bodies = new List<SyntaxNode>();
        var open = new Queue<string>(["forward"]);
        var seen = new HashSet<string>(StringComparer.Ordinal) { "forward" };
        List<ISymbol> members = _owner.BaseTypesAndSelf().SelectMany(t => t.GetMembers()).Where(member => member is IMethodSymbol or IPropertySymbol).ToList();
        while (open.Count > 0)
        {
            string wanted = open.Dequeue();
            foreach (SyntaxReference reference in members.Where(member => member.Name == wanted).SelectMany(member => member.DeclaringSyntaxReferences))
            {
                SyntaxNode body = reference.GetSyntax(_cancellation);
                bodies.Add(body);
                foreach (string name in Names(body).Select(name => name.Identifier.ValueText).Where(name => members.Any(member => member.Name == name)))
                {
                    if (seen.Add(name)) open.Enqueue(name);
                }
            }
        }

        return bodies;
    }

    private static IEnumerable<IdentifierNameSyntax> Names(SyntaxNode body) => body.DescendantNodes().OfType<IdentifierNameSyntax>();

    /// <summary>Determines whether a name is the member's, and not a local variable's or another object's.</summary>
    private bool IsMember(IdentifierNameSyntax name) =>
        _compilation.GetSemanticModel(name.SyntaxTree).GetSymbolInfo(name, _cancellation).Symbol is IFieldSymbol or IPropertySymbol;

    /// <summary>Gets the member that received the layer in its constructor, such as a Sequential; <see langword="null"/> for none.</summary>
    private string? Holder(string member)
    {
        IEnumerable<ExpressionSyntax> made = _owner.DeclaringSyntaxReferences
            .SelectMany(reference => reference.GetSyntax(_cancellation).DescendantNodes())
            .SelectMany(node => node switch
            {
                AssignmentExpressionSyntax assignment => [assignment],
                VariableDeclaratorSyntax { Initializer.Value: { } value, Parent.Parent: FieldDeclarationSyntax } => new[] { value },
                _ => Array.Empty<ExpressionSyntax>(),
            });
        foreach (ExpressionSyntax value in made)
        {
            ExpressionSyntax given = value is AssignmentExpressionSyntax assignment ? assignment.Right : value;
            string holder = value is AssignmentExpressionSyntax { Left: var left } ? left.ToString().Replace("this.", "") : ((VariableDeclaratorSyntax)value.Parent!.Parent!).Identifier.ValueText;
            if (holder != member && given.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Any(name => name.Identifier.ValueText == member)) return holder;
        }

        return null;
    }

    /// <summary>Gets the scope around a call in which no gradient is recorded; <see langword="null"/> for none.</summary>
    private static InvocationExpressionSyntax? Scope(SyntaxNode use)
    {
        for (SyntaxNode node = use; node.Parent is { } parent and not MemberDeclarationSyntax; node = parent)
        {
            if (parent is UsingStatementSyntax scope && node != scope.Expression && node != scope.Declaration)
            {
                if (Find((SyntaxNode?)scope.Expression ?? scope.Declaration) is { } around) return around;
            }
            else if (parent is BlockSyntax block)
            {
                IEnumerable<LocalDeclarationStatementSyntax> before = block.Statements.TakeWhile(statement => statement != node).OfType<LocalDeclarationStatementSyntax>();
                if (before.Where(statement => statement.UsingKeyword.IsKind(SyntaxKind.UsingKeyword)).Select(Find).FirstOrDefault(found => found is not null) is { } above) return above;
            }
        }

        return null;
    }

    private static InvocationExpressionSyntax? Find(SyntaxNode? node) =>
        node?.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>().FirstOrDefault(call => Scopes.Contains(NameOf(call)));

    /// <summary>Gets the expression that detaches the call's result, directly or through its variable; <see langword="null"/> for none.</summary>
    private static InvocationExpressionSyntax? Detach(IdentifierNameSyntax use, int depth = 0)
    {
        SyntaxNode called = use;
        while (called.Parent is MemberAccessExpressionSyntax or InvocationExpressionSyntax)
        {
            called = called.Parent;
            if (called is InvocationExpressionSyntax call && NameOf(call) is "detach" or "alias_detached") return (InvocationExpressionSyntax)called;
        }

        if (called.Parent is not EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax variable } || called == use || depth > DeepestChain) return null;

        SyntaxNode? body = variable.FirstAncestorOrSelf<MemberDeclarationSyntax>();
        List<InvocationExpressionSyntax?> reads = body is null ? [] : Names(body).Where(name => name.Identifier.ValueText == variable.Identifier.ValueText).Select(read => Detach(read, depth + 1)).ToList();
        return reads.Count > 0 && reads.All(read => read is not null) ? reads[0] : null;
    }

    private static string NameOf(InvocationExpressionSyntax call) => call.Expression switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax access => access.Name.Identifier.ValueText,
        _ => "",
    };

    private static SourcePlace At(InvocationExpressionSyntax call) => new("", -1, Owner: call.SyntaxTree.FilePath) { Syntax = call.Span };
}
