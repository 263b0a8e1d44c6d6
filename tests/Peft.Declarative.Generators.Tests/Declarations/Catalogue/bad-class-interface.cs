// expect: CS*+
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 8)] public partial interface Persona;
