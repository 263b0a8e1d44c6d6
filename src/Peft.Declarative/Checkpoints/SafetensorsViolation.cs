namespace Peft.Declarative.Checkpoints;

/// <summary>The rules of the safetensors format, by the names that its reference reader gives their violations.</summary>
public enum SafetensorsViolation
{
    /// <summary>The file is shorter than the eight bytes that hold the header's length.</summary>
    HeaderTooSmall,

    /// <summary>The header would be longer than 100,000,000 bytes.</summary>
    HeaderTooLarge,

    /// <summary>The header would reach beyond the end of the file.</summary>
    InvalidHeaderLength,

    /// <summary>The header does not begin with <c>{</c>.</summary>
    InvalidHeaderStart,

    /// <summary>The header is not UTF-8.</summary>
    InvalidHeader,

    /// <summary>The header is not JSON of the expected form, or names an unknown element type.</summary>
    InvalidHeaderDeserialization,

    /// <summary>A tensor, a field of a tensor or a metadata key occurs twice.</summary>
    DuplicateName,

    /// <summary>There are more tensors than <see cref="SafetensorsFile.MaxTensors"/>.</summary>
    TooManyTensors,

    /// <summary>A tensor has more dimensions than <see cref="SafetensorsFile.MaxRank"/>.</summary>
    RankTooLarge,

    /// <summary>Tensors overlap, leave a hole, or one ends before it begins.</summary>
    InvalidOffset,

    /// <summary>The product of a shape does not fit into 64 bits.</summary>
    ValidationOverflow,

    /// <summary>A tensor of elements below one byte does not fill whole bytes.</summary>
    MisalignedSlice,

    /// <summary>A tensor's bytes are not as many as its shape and element type need.</summary>
    TensorInvalidInfo,

    /// <summary>The data ends before the last tensor does, or goes on after it.</summary>
    MetadataIncompleteBuffer,

    /// <summary>The element type belongs to the format, but tensors of it cannot be made here.</summary>
    UnsupportedDtype,
}
