//! What `html!` makes of the tag of a component.

use std::{marker::PhantomData, rc::Rc};

use yew::{
    functional::FunctionProvider,
    html::IntoPropValue,
    virtual_dom::{Key, VNode},
};

use crate::host::{Drawing, node};

/// A function component in its place, with its properties: [`yew::virtual_dom::VChild`] without the code of its own.
pub struct VChild<C> {
    node: VNode,
    component: PhantomData<C>,
}

impl<C: FunctionProvider + 'static> VChild<C> {
    /// The component with these properties; `key` tells it from its siblings in a list.
    pub fn new(props: C::Properties, key: Option<Key>) -> Self {
        VChild { node: node(Rc::new(Drawing::<C>(props)), key), component: PhantomData }
    }
}

impl<C> From<VChild<C>> for VNode {
    fn from(child: VChild<C>) -> VNode {
        child.node
    }
}

impl<C> IntoPropValue<VNode> for VChild<C> {
    fn into_prop_value(self) -> VNode {
        self.node
    }
}
