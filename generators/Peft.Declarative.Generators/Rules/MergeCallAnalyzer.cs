using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Rules;

/// <summary>
/// Reports calls of <c>Merge</c> that must fail, because of the declaration of the model's class. Declared adapters are active from the start. If
/// code can have changed that, or the base, the call is not reported.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class MergeCallAnalyzer : DiagnosticAnalyzer
{
    // Calls after which other adapters can be active than the declared ones.
    private static readonly HashSet<string> Switches =
        ["Activate", "Average", "Disabled", "Fuse", "Load", "LoadAdapter", "Remove", "Split", "Stack"];

    // Calls after which the base can be dense.
    private static readonly HashSet<string> Widenings = ["Dequantize"];

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics => [RuleCatalog.CannotMerge];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();

        // By syntax, so that no other call has to be bound for it.
        context.RegisterSyntaxNodeAction(Analyze, SyntaxKind.InvocationExpression);
    }

    private static void Analyze(SyntaxNodeAnalysisContext context)
    {
        var name = ((InvocationExpressionSyntax)context.Node).Expression switch { MemberAccessExpressionSyntax access => access.Name, MemberBindingExpressionSyntax binding => binding.Name, var other => other as SimpleNameSyntax };
        if (name?.Identifier.ValueText != "Merge" || context.SemanticModel.GetOperation(context.Node, context.CancellationToken) is not IInvocationOperation call) return;
        if (ModelOf(call) is not { } model || DeclarationCache.Of(model, context.Compilation, context.CancellationToken) is not { } declaration) return;

        ISymbol? receiver = ReceiverOf(call);
        HashSet<string> others =
        [
            .. Root(call).Descendants().OfType<IInvocationOperation>().Where(IsOfTheLibrary).Where(other => MayBe(receiver, ReceiverOf(other))).Select(other => other.TargetMethod.Name),
        ];
        List<string> problems = others.Overlaps(Switches) ? [] : OffWeights(declaration).ToList();
        bool rounds = problems.Count == 0 && declaration.Quantize is not null && !others.Overlaps(Widenings) && !Dequantizes(call);
        if (rounds) problems = declaration.Adapters.Select(adapter => RuleTexts.InFourBits(adapter.Name, declaration.Quantize!.Bits)).ToList();
        if (problems.Count == 0) return;

        ImmutableDictionary<string, string?> facts = ImmutableDictionary<string, string?>.Empty.Add(FixFacts.Suggestions, rounds ? FixFacts.Dequantize : "");
        context.ReportDiagnostic(Diagnostic.Create(RuleCatalog.CannotMerge, call.Syntax.GetLocation(), facts, string.Join(" ", problems)));
    }

    private static IEnumerable<string> OffWeights(ModelDeclaration declaration) =>
        from adapter in declaration.Adapters
        where !declaration.Adapters.Any(whole => whole.Members.Contains(adapter.Name))
        from part in adapter.Kind.Unmergeable(adapter)
        select RuleTexts.OffWeights(adapter.Name, part.Method, part.Place);

    /// <summary>Gets the class of the model: of <c>model.Merge()</c>, or of <c>model.Adapters.Merge()</c>.</summary>
    private static INamedTypeSymbol? ModelOf(IInvocationOperation call) => call.Instance switch
    {
        _ when !IsOfTheLibrary(call) => null,
        IPropertyReferenceOperation { Property.Name: "Adapters", Instance: { } owner } when call.TargetMethod.ContainingType.Is(KnownNames.AdapterSet) => owner.Type as INamedTypeSymbol,
        { } instance when call.TargetMethod.ContainingType.Is(KnownNames.PretrainedModel) => instance.Type as INamedTypeSymbol,
        _ => null,
    };

    private static bool IsOfTheLibrary(IInvocationOperation call) =>
        call.TargetMethod.ContainingType is { } type && (type.Is(KnownNames.AdapterSet) || type.Is(KnownNames.Handle) || type.BaseTypesAndSelf().Any(t => t.Is(KnownNames.PretrainedModel)));

    /// <summary>
    /// Gets the variable at the beginning of a call: <c>model</c> in <c>model.Adapters.Activate(…)</c>; <see langword="null"/> for other calls.
    /// </summary>
    private static ISymbol? ReceiverOf(IInvocationOperation call)
    {
        IOperation? at = call.Instance;
        while (((at as IPropertyReferenceOperation)?.Instance ?? (at as IInvocationOperation)?.Instance) is { } owner) at = owner;
        return at switch
        {
            ILocalReferenceOperation local => local.Local,
            IParameterReferenceOperation parameter => parameter.Parameter,
            IFieldReferenceOperation field => field.Field,
            IPropertyReferenceOperation property => property.Property,
            _ => null,
        };
    }

    /// <summary>Determines whether two calls can be on the same model. Two local variables can refer to one model.</summary>
    private static bool MayBe(ISymbol? first, ISymbol? second) => first is null || second is null || SymbolEqualityComparer.Default.Equals(first, second)
        || first.Kind == SymbolKind.Local || second.Kind == SymbolKind.Local;

    /// <summary>Determines whether the argument is, or can be, true.</summary>
    private static bool Dequantizes(IInvocationOperation call) =>
        call.Arguments.Any(argument => argument.Parameter?.Name == "dequantize" && argument.Value.ConstantValue is not { HasValue: true, Value: false });

    private static IOperation Root(IOperation operation)
    {
        while (operation.Parent is { } parent) operation = parent;
        return operation;
    }
}
