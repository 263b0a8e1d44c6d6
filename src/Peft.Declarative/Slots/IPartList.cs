namespace Peft.Declarative.Slots;

/// <summary>A place on a model for parts of adapters that sit on no layer. Its modules are no part of the base.</summary>
internal interface IPartList
{
    /// <summary>The parts, active or not.</summary>
    IEnumerable<IAdapterPart> Parts { get; }

    /// <summary>Takes an adapter's parts out.</summary>
    /// <param name="adapter">Name of the adapter.</param>
    void Remove(string adapter);
}
