namespace Peft.Declarative.Text.Templates.Values;

/// <summary>What <c>namespace()</c> makes: attributes that inner scopes may set, so that a loop can tell what it found.</summary>
internal sealed class NamespaceValue(DictValue attributes)
{
    internal DictValue Attributes => attributes;
}
